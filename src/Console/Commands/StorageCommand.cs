using System.CommandLine;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images storage</c>: the buckets or folders themselves, not what is in them.</summary>
internal static class StorageCommand
{
    public static Command Create()
    {
        Command storage = new("storage", "Make the two buckets of a storage on S3, or check the two storages.");
        storage.Subcommands.Add(Verb(
            "init",
            "Make the buckets, with public access to active, CORS, and the lifecycle rule that removes unpublished uploads. Safe to repeat.",
            settings => settings.Storage.Backend.Init(settings.StorageOptions)));
        storage.Subcommands.Add(Verb(
            "check",
            "Put, read and remove an object in both storages, copy it from one to the other, and say what is wrong.",
            settings => settings.Storage.Backend.Check(settings.StorageOptions)));
        return storage;
    }

    private static Command Verb(string name, string description, Func<BackendSettings, IStorageSteps?> create)
    {
        Command verb = new(name, description);
        verb.SetAction(async (result, cancellationToken) =>
        {
            InvocationConfiguration console = result.InvocationConfiguration;
            SettingsReader reader = ConsoleBackend.OpenSettings();
            BackendSettings settings = BackendSettings.Read(reader);
            try
            {
                reader.ThrowIfInvalid();
            }
            catch (SettingsException exception)
            {
                await console.Error.WriteLineAsync(ConsoleBackend.Tell(exception));
                return ExitCodes.BadUsage;
            }

            if (create(settings) is not { } steps)
            {
                await console.Error.WriteLineAsync("STORAGE_BACKEND is not s3: images are kept in folders, which you make yourself.");
                return ExitCodes.BadUsage;
            }

            using IStorageSteps owned = steps;
            bool isWell = true;
            await foreach (StorageStep step in steps.RunAsync(cancellationToken))
            {
                isWell = step.Problem is null;
                await console.Output.WriteLineAsync(step switch
                {
                    { Problem: { } problem } => $"PROBLEM  {step.What}: {problem}",
                    { Note: { } note } => $"note     {step.What}: {note}",
                    _ => $"ok       {step.What}",
                });
            }

            return isWell ? ExitCodes.Done : ExitCodes.Broken;
        });
        return verb;
    }
}
