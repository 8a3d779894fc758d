"""The command line."""

import typer

cli = typer.Typer(name="cheerboard", no_args_is_help=True, pretty_exceptions_enable=False)


def main() -> None:
    """Runs `cheerboard …`, also `python -m app …`."""
    cli()


if __name__ == "__main__":
    main()
