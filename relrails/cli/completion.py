"""`relrails completion`: what a shell needs to complete our commands."""

import click


@click.command("completion", short_help="Print shell completion.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the code that makes SHELL complete the commands, options and names of relrails.

    \b
    Example:
      eval "$(relrails completion bash)"                                        in ~/.bashrc
      eval "$(relrails completion zsh)"                                         in ~/.zshrc
      relrails completion fish > ~/.config/fish/completions/relrails.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(found(ctx.find_root().command, {}, "relrails", "_RELRAILS_COMPLETE").source())
