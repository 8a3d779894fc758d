"""`cheerboard forget`: a customer asked to be erased."""

from typing import Annotated

import typer

from app import console
from app.erasure.customer import Gone, forget
from app.errors import CheerboardError

cli = typer.Typer()


@cli.command("forget")
def forget_customer(
    email: Annotated[str, typer.Option(help="Everything of this address.")] = "",
    response: Annotated[str, typer.Option(help="Everything of this response id.")] = "",
    source: Annotated[str, typer.Option(help="Only what this source sent.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Erase one customer in answers, stories and raw deliveries, for good."""
    if bool(email.strip()) == bool(response.strip()):
        raise CheerboardError("Say either --email E or --response ID.")
    gone = forget(
        console.database(),
        email=email.strip() or None,
        response_id=response.strip() or None,
        source=source.strip() or None,
    )
    if as_json:
        console.say_json(gone.document)
    else:
        console.say(_told(gone))
    if gone.waiting:
        console.deny(
            "Deliveries with several answers still wait to be processed: run this again when the "
            "server has taken them in."
        )


def _told(gone: Gone) -> str:
    return (
        f"Erased: {gone.answers} answers, {gone.stories} stories, {gone.deliveries} raw "
        f"deliveries, {gone.others} other records."
    )
