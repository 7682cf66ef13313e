using System.CommandLine;
using ImageBackend.Application.Abstractions;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Processes;
using ImageBackend.Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace ImageBackend.Cli.Commands;

/// <summary>A command that runs a batch: from the command line to the exit code.</summary>
internal static class BatchCommand
{
    /// <param name="own">Options of this command, before those of all batches.</param>
    /// <param name="create">Makes the batch, once the settings are valid. A <see cref="UsageException"/> ends the command with its message.</param>
    /// <param name="register">Registers whatever else this command needs; may read further settings.</param>
    /// <param name="without">Names of the general options that have no meaning for this command.</param>
    public static Command Create(
        string name,
        string description,
        IReadOnlyList<Option> own,
        Func<BatchContext, Batch> create,
        Action<SettingsReader, IServiceCollection>? register = null,
        params string[] without)
    {
        Command command = new(name, description);
        foreach (Option option in own)
        {
            command.Options.Add(option);
        }

        BatchOptions options = new();
        options.AddTo(command, Engines.Names, without);
        command.SetAction((parsed, _) => RunAsync(parsed, options, create, register));
        return command;
    }

    private static Task<int> RunAsync(
        ParseResult parsed, BatchOptions options, Func<BatchContext, Batch> create, Action<SettingsReader, IServiceCollection>? register) => GuardAsync(parsed, async () =>
    {
        LowPriority.LowerPriority();
        BatchChoices choices = options.Read(parsed);
        IBatchScreen screen = ScreenFor(choices.Progress, parsed.InvocationConfiguration);
        using Interrupts interrupts = Interrupts.OfProcess();
        await using ServiceProvider services = ConsoleBackend.Create(new ScreenLog(screen, choices.IsVerbose), choices.Jobs, register);
        Batch batch = create(new BatchContext(parsed, choices, services));
        if (batch.MayWrite && !choices.DryRun)
        {
            await services.GetRequiredService<StorageStart>().CheckAsync(interrupts.Stop);
        }

        BatchHost host = new(services.GetRequiredService<IServiceScopeFactory>(), screen, interrupts, services.GetRequiredService<TimeProvider>());
        return await Engines.RunAsync(batch, choices, host, services.GetRequiredService<BackendSettings>());
    });

    /// <summary>Turns what may be wrong with settings, storages and databases into a message and an exit code.</summary>
    public static async Task<int> GuardAsync(ParseResult parsed, Func<Task<int>> command)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        try
        {
            return await command();
        }
        catch (Exception exception) when (exception is UsageException or RunRefusedException)
        {
            await errors.WriteLineAsync(exception.Message);
            return ExitCodes.BadUsage;
        }
        catch (FleetException fault)
        {
            await errors.WriteLineAsync($"Nothing is done: {fault.Message}");
            return ExitCodes.Broken;
        }
        catch (StorageException fault)
        {
            await errors.WriteLineAsync($"Nothing is done: {fault.Message} Run the same command once it works.");
            return ExitCodes.Broken;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (SettingsException exception)
        {
            await errors.WriteLineAsync(ConsoleBackend.Tell(exception));
            return ExitCodes.BadUsage;
        }
    }

    /// <param name="progress">Without a terminal: a line of progress after this many images.</param>
    public static IBatchScreen ScreenFor(int progress, InvocationConfiguration invocation) =>
        Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb"
            ? new PlainScreen(invocation.Output, invocation.Error, progress)
            : new LiveScreen(AnsiConsole.Console);
}

/// <summary>What a command makes its batch from.</summary>
internal sealed record BatchContext(ParseResult Parsed, BatchChoices Choices, IServiceProvider Services);
