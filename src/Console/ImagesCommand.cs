using System.CommandLine;
using ImageBackend.Cli.Commands;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Cli;

/// <summary>The program <c>images</c> and its commands.</summary>
internal static class ImagesCommand
{
    public static RootCommand Create()
    {
        RootCommand root = new("Looks after the images of an image service, beside its HTTP service. It reads the same settings, from the environment.");
        Command settings = new("settings", "Print the table of all settings with their defaults, as Markdown.");
        settings.SetAction(result => result.InvocationConfiguration.Output.Write(SettingsTable.ToMarkdown()));
        root.Subcommands.Add(settings);
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(ResizeCommand.Create());
        root.Subcommands.Add(CleanCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(StorageCommand.Create());
        Examples.AddTo(root);
        return root;
    }
}
