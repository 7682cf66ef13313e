using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ImageBackend.Cli.Commands;
using ImageBackend.Infrastructure.Configuration;

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
            mistaken.ShowHelp = false; // what is wrong would scroll away above it
        }

        // Batches see to Ctrl-C themselves.
        InvocationConfiguration invocation = new() { ProcessTerminationTimeout = null };
        int code = await parsed.InvokeAsync(invocation);
        if (parsed.Errors.Count == 0)
        {
            return code;
        }

        string command = NameOf(parsed.CommandResult);
        await invocation.Error.WriteLineAsync($"Usage: {command}{(parsed.CommandResult.Command.Subcommands.Count > 0 ? " [command]" : "")} [options]; `{command} --help` explains all.");
        return ExitCodes.BadUsage;
    }

    private static string NameOf(CommandResult result) => result.Parent is CommandResult parent ? $"{NameOf(parent)} {result.Command.Name}" : "images";
}
