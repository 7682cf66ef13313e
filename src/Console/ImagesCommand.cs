using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ImageBackend.Cli.Commands;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Cli;

/// <summary>The program <c>images</c> and its commands.</summary>
internal static class ImagesCommand
{
    public static RootCommand Create()
    {
        RootCommand root = new("Looks after the images of an image service, beside its HTTP service. It reads the same settings, from the environment.");
        root.Subcommands.Add(ResizeCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(CleanCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(WorkerCommand.Create());
        root.Subcommands.Add(RunsCommand.Create());
        root.Subcommands.Add(StorageCommand.Create());
        Command settings = new("settings", "Print the table of all settings with their defaults, as Markdown.");
        settings.SetAction(result => result.InvocationConfiguration.Output.Write(SettingsTable.ToMarkdown()));
        root.Subcommands.Add(settings);
        root.Subcommands.Add(CompletionCommand.Create());
        Examples.AddTo(root);
        return root;
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        ParseResult parsed = Create().Parse(arguments);
        if (parsed.Action is ParseErrorAction mistaken)
        {
            mistaken.ShowHelp = false; // the errors would scroll away above it
        }

        // Batches handle Ctrl-C themselves.
        InvocationConfiguration invocation = new() { ProcessTerminationTimeout = null };
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(invocation);
        }

        TextWriter errors = invocation.Error;
        string command = NameOf(parsed.CommandResult);
        bool isGroup = parsed.CommandResult.Command.Subcommands.Count > 0;
        if (isGroup && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.All(error => error.SymbolResult is CommandResult))
        {
            await Create().Parse([.. arguments, "--help"]).InvokeAsync(new InvocationConfiguration { Output = errors, Error = errors });
            await errors.WriteLineAsync($"Nothing is done: name a command, such as `{command} {parsed.CommandResult.Command.Subcommands[0].Name}`.");
            return ExitCodes.BadUsage;
        }

        using StringWriter said = new();
        invocation.Error = said;
        await parsed.InvokeAsync(invocation);
        // For an unknown command, it also says that there is none.
        string[] mistakes = [.. said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        foreach (string mistake in mistakes.Length > 1 && isGroup ? mistakes[1..] : mistakes)
        {
            await errors.WriteLineAsync(mistake);
        }

        await errors.WriteLineAsync($"Usage: {command}{(isGroup ? " [command]" : "")} [options]; `{command} --help` explains them all.");
        return ExitCodes.BadUsage;
    }

    private static string NameOf(CommandResult result) => result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "images";
}
