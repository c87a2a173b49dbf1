"""A command of another distribution, as the compiler's are."""

import click


@click.command()
def command() -> None:
    """Says so."""
    click.echo("Beside.")
