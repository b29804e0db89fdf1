"""Click in Dutch: usage, options, help and the sentences about wrong usage.

Promises one sentence for every mistake in an argument; never shows a person an English message.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import click

_USAGE = (
    ("[OPTIONS]", "[opties]"),
    ("[COMMAND] [ARGS]...", "[OPDRACHT …]"),
    ("COMMAND [ARGS]...", "OPDRACHT …"),
    ("...", " …"),
)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class DutchCommand(click.Command):
    """A command whose help is Dutch, with examples below it."""

    _examples: Sequence[str] = ()

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Keep the examples."""
        super().__init__(*args, **kwargs)
        self._examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on a line of its own, to be copied."""
        super().format_epilog(ctx, formatter)
        if self._examples:
            with formatter.section("Voorbeelden"):
                for example in self._examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")
            formatter.write("\n")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        for english, dutch in _USAGE:
            pieces = pieces.replace(english, dutch)
        formatter.write_usage(ctx.command_path, pieces, prefix="Gebruik: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        rows = [row for row in (one.get_help_record(ctx) for one in options) if row]
        rows = [(names, text.replace("[required]", "(verplicht)")) for names, text in rows]
        if rows:
            with formatter.section("Opties"):
                formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Name the help option in Dutch."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Toon deze uitleg."
        return option


class DutchGroup(DutchCommand, click.Group):
    """A group whose help is Dutch."""

    command_class = DutchCommand

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command with Dutch help, also when its room knows only click."""
        found = super().get_command(ctx, cmd_name)
        return found and in_dutch(found)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first line of help."""
        rows = [(name, self.line_of(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Opdrachten"):
            formatter.write_dl(rows)

    def line_of(self, ctx: click.Context, name: str) -> str:
        """Return one line about a command."""
        command = self.get_command(ctx, name)
        return command.get_short_help_str(limit=80) if command else ""


class LazyGroup(DutchGroup):
    """A group that imports a command only when it is used: `--help` stays fast."""

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str]], **kwargs: Any) -> None:
        """Keep the table: name → ("module:attribute", one line of help)."""
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table."""
        del ctx
        return list(self._lazy)

    def line_of(self, ctx: click.Context, name: str) -> str:
        """Return the line of the table; nothing is imported."""
        del ctx
        return self._lazy[name][1]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or return None for one that does not exist."""
        del ctx
        if cmd_name not in self._lazy:
            return None
        module, _, attribute = self._lazy[cmd_name][0].partition(":")
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name is None or not module.startswith(error.name):
                raise
            raise click.ClickException(
                f"'opstap {cmd_name}' zit niet in deze installatie."
            ) from None
        return in_dutch(command)


def in_dutch(command: click.Command) -> click.Command:
    """Give a plain command of another room our help; it keeps everything else."""
    if not isinstance(command, DutchCommand):
        dutch = DutchGroup if isinstance(command, click.Group) else DutchCommand
        told, _, examples = (command.help or "").replace("\\b\n", "\b\n").partition("Voorbeeld")
        shown = [line.strip() for line in examples.partition(":")[2].splitlines()]
        command.help = told.rstrip().removesuffix("\b").rstrip()
        here = {"_examples": [line for line in shown if line]}
        command.__class__ = type(dutch.__name__, (dutch, type(command)), here)
    return command


def sentence(error: click.ClickException) -> str:
    """Return what is wrong with the arguments, in Dutch."""
    if isinstance(error, click.MissingParameter):
        return f"Er ontbreekt iets: {_named(error)}."
    if isinstance(error, click.NoSuchOption):
        near = f" Bedoelt u {error.possibilities[0]}?" if error.possibilities else ""
        return f"De optie '{error.option_name}' bestaat niet.{near}"
    if isinstance(error, click.BadOptionUsage):
        return f"De optie '{error.option_name}' klopt niet: er ontbreekt een waarde."
    if isinstance(error, click.BadParameter):
        return f"{_named(error)}: {_plain(error.message)}"
    message = error.format_message()
    if message.startswith("No such command"):
        return f"De opdracht {message.split(' ')[-1].rstrip('.')} bestaat niet."
    if message.startswith("Got unexpected extra argument"):
        extra = message.partition("(")[2].rpartition(")")[0]
        return f"Dit is te veel: {extra}."
    return message


def _named(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return error.param_hint if isinstance(error.param_hint, str) else "invoer"
    if isinstance(error.param, click.Argument):
        return error.param.make_metavar(error.ctx)
    return error.param.opts[0]


def _plain(message: str) -> str:
    """Translate what click's own types say."""
    if "is not one of" in message:
        value, _, choices = message.partition(" is not one of ")
        return f"{value} kan niet; kies uit {choices.rstrip('.')}."
    if "is not a valid integer" in message:
        return f"{message.partition(' is ')[0]} is geen geheel getal."
    if "is not in the range" in message:
        return f"{message.partition(' is ')[0]} valt buiten {message.rpartition('range ')[2]}"
    if "does not exist" in message:
        path = message.partition("'")[2].rpartition("'")[0]
        return f"'{path}' bestaat niet."
    if "is a directory" in message:
        return f"{message.partition(' ')[2].partition(' is ')[0]} is een map."
    return message


def command(name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command with Dutch help."""
    return click.command(name, cls=DutchCommand, context_settings=CONTEXT, **options)
