"""Who is who: company, sites, teams, people, accounts and what each may do."""
