using System.CommandLine;
using System.Globalization;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Batches.Fleet;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images batch</c>: the runs that several machines share.</summary>
internal static class RunsCommand
{
    private const int MostListed = 50;

    public static Command Create()
    {
        Command group = new("batch", "Look after the batches of several machines: the runs that `--engine hangfire` orders and `images worker` does.");
        group.Subcommands.Add(Verb("init", "Make the tables in the database of BATCH_DATABASE_URL. Safe to repeat; nothing else makes or changes them.", InitAsync));
        group.Subcommands.Add(Verb("list", "List the runs, the newest first.", ListAsync));
        group.Subcommands.Add(RunVerb("status", "Say how far a run is, and who works on it.", StatusAsync));
        group.Subcommands.Add(RunVerb("cancel", "Stop a run: the images in progress are finished. `images batch resume` continues it.", CancelAsync));
        group.Subcommands.Add(WatchVerb());
        group.Subcommands.Add(ResumeVerb());
        group.Subcommands.Add(FailuresVerb());
        group.Subcommands.Add(RetryVerb());
        return group;
    }

    private static Command WatchVerb()
    {
        Option<string?> report = Report();
        Command command = OfRun("watch", "Show a run until it ends. Ctrl-C leaves it running.");
        command.Options.Add(report);
        command.SetAction((parsed, _) => WithServicesAsync(parsed, (parts, host, services) => WatchAsync(parsed, parts, host, services, report)));
        return command;
    }

    private static Command ResumeVerb()
    {
        Command command = OfRun("resume", "Continue a run that was cancelled, with the same settings.");
        command.SetAction((parsed, _) => WithServicesAsync(parsed, async (parts, host, services) =>
        {
            BackendSettings settings = services.GetRequiredService<BackendSettings>();
            await parts.Runs.ResumeAsync(RunOf(parsed), run => BatchKinds.SettingsOf(run.Order.Kind, settings), host.Interrupts.Finish);
            host.Screen.WriteLine($"Run {RunOf(parsed)} continues.");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command FailuresVerb()
    {
        Option<string?> report = Report();
        Command command = RunVerb("failures", "List the images of a run that failed, with their reasons.", async (parsed, parts) =>
        {
            FleetRun run = await parts.Runs.FindAsync(RunOf(parsed), CancellationToken.None);
            IReadOnlyList<RunFailure> failures = await parts.Runs.FailuresAsync(run.Id, CancellationToken.None);
            using BatchReport? written = BatchReport.Begin(parsed.GetValue(report), run.Order.Kind);
            foreach (RunFailure failure in failures)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"{failure.Key}: {failure.Reason} ({failure.Worker}, {Time(failure.At)})");
                written?.Add(failure.Key, ItemResult.Failed(failure.Reason));
            }

            RunProgress progress = await parts.Runs.ProgressAsync(run.Id, parts.Settings.LostAfter, CancellationToken.None);
            written?.Complete(RunWatch.FiguresOf(progress), [], failures.Count == 0 ? ExitCodes.Done : ExitCodes.SomeFailed);
            return failures.Count == 0 ? ExitCodes.Done : ExitCodes.SomeFailed;
        });
        command.Options.Add(report);
        return command;
    }

    private static Command RetryVerb()
    {
        Command command = OfRun("retry", "Order a new run of the images that failed in this one, with the settings of today.");
        command.SetAction((parsed, _) => WithServicesAsync(parsed, async (parts, host, services) =>
        {
            FleetRun run = await parts.Runs.FindAsync(RunOf(parsed), host.Interrupts.Finish);
            IReadOnlyList<RunFailure> failures = await parts.Runs.FailuresAsync(run.Id, host.Interrupts.Finish);
            if (failures.Count == 0)
            {
                host.Screen.WriteLine($"No image of run {run.Id} failed.");
                return ExitCodes.Done;
            }

            SharedSettings settings = BatchKinds.SettingsOf(run.Order.Kind, services.GetRequiredService<BackendSettings>());
            RunOrder order = new(run.Order.Kind, run.Order.Work, settings, FleetEngine.QueueOf(settings)) { Keys = [.. failures.Select(failure => failure.Key)] };
            long id = await parts.Runs.AddAsync(order, host.Interrupts.Finish);
            host.Screen.WriteLine($"Run {id} is ordered: {failures.Count} images. `images batch watch {id}` shows it.");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task<int> InitAsync(ParseResult parsed, FleetParts parts)
    {
        bool isNew = await FleetSchema.InitAsync(parts.Database, parts.Broker, CancellationToken.None);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(isNew ? $"The tables of batches are made in {parts.Database}." : $"{parts.Database} has the tables of batches already.");
        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(ParseResult parsed, FleetParts parts)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"{"run",-6}{"kind",-9}{"state",-11}{"ordered",-18}images");
        foreach (FleetRun run in await parts.Runs.ListAsync(MostListed, CancellationToken.None))
        {
            RunProgress progress = await parts.Runs.ProgressAsync(run.Id, parts.Settings.LostAfter, CancellationToken.None);
            BatchFigures figures = RunWatch.FiguresOf(progress);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Id,-6}{run.Order.Kind,-9}{RunLedger.Word(run.State),-11}{Time(run.Created),-18}{figures.Done}{(figures.Total is { } total ? $" / {total}" : "")}{(figures.Failed > 0 ? $", errors: {figures.Failed}" : "")}"));
        }

        return ExitCodes.Done;
    }

    private static async Task<int> StatusAsync(ParseResult parsed, FleetParts parts)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        FleetRun run = await parts.Runs.FindAsync(RunOf(parsed), CancellationToken.None);
        RunProgress progress = await parts.Runs.ProgressAsync(run.Id, parts.Settings.LostAfter, CancellationToken.None);
        BatchFigures figures = RunWatch.FiguresOf(progress);
        await output.WriteLineAsync($"Run {run.Id}: {run.Order.Kind}, {RunLedger.Word(run.State)}, ordered {Time(run.Created)}{(run.Ended is { } ended ? $", ended {Time(ended)}" : "")}");
        await output.WriteLineAsync(figures.ToLine());
        await output.WriteLineAsync(figures.ToSummary());
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Chunks: {progress.WaitingChunks} waiting, {progress.ChunksAtWork} at work, {progress.DoneChunks} done{(run.IsFed ? "" : "; more follow")}"));
        await output.WriteLineAsync(RunWatch.MachinesOf(progress));
        return ExitCodes.Done;
    }

    private static async Task<int> CancelAsync(ParseResult parsed, FleetParts parts)
    {
        await parts.Runs.CancelAsync(RunOf(parsed), CancellationToken.None);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"Run {RunOf(parsed)} is cancelled; the images in progress are finished.");
        return ExitCodes.Done;
    }

    private static async Task<int> WatchAsync(ParseResult parsed, FleetParts parts, BatchHost host, IServiceProvider services, Option<string?> report)
    {
        FleetRun run = await parts.Runs.FindAsync(RunOf(parsed), host.Interrupts.Finish);
        return await new RunWatch(parts, host).ShowAsync(run, BatchKinds.Of(run, services).Conclusion, parsed.GetValue(report));
    }

    private static Option<string?> Report() => new("--report") { Description = "Write the images that failed to this file, as JSON, for --retry.", HelpName = "FILE" };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static long RunOf(ParseResult parsed) => parsed.GetValue<long>("RUN");

    private static Command RunVerb(string name, string description, Func<ParseResult, FleetParts, Task<int>> act)
    {
        Command command = OfRun(name, description);
        SetAction(command, act);
        return command;
    }

    private static Command OfRun(string name, string description)
    {
        Command command = new(name, description);
        command.Arguments.Add(new Argument<long>("RUN")
        {
            Description = "The number of a run, as `images batch list` shows it.",
            CustomParser = result =>
            {
                if (long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long run))
                {
                    return run;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not the number of a run; `images batch list` shows them.");
                return 0;
            },
        });
        return command;
    }

    private static Command Verb(string name, string description, Func<ParseResult, FleetParts, Task<int>> act)
    {
        Command command = new(name, description);
        SetAction(command, act);
        return command;
    }

    /// <summary>What the command does needs the database alone, so it also works where no image is.</summary>
    private static void SetAction(Command command, Func<ParseResult, FleetParts, Task<int>> act) => command.SetAction((parsed, _) => BatchCommand.GuardAsync(parsed, async () =>
    {
        SettingsReader reader = ConsoleBackend.OpenSettings();
        FleetSettings settings = FleetSettings.Read(reader, FleetBrokers.Names);
        reader.ThrowIfInvalid();
        await using FleetParts parts = Engines.OpenParts(settings);
        if (command.Name != "init")
        {
            await FleetSchema.CheckAsync(parts.Database, CancellationToken.None);
        }

        return await act(parsed, parts);
    }));

    private static Task<int> WithServicesAsync(ParseResult parsed, Func<FleetParts, BatchHost, IServiceProvider, Task<int>> act) => BatchCommand.GuardAsync(parsed, async () =>
    {
        IBatchScreen screen = BatchCommand.ScreenFor(new BatchChoices().Progress, parsed.InvocationConfiguration);
        using Interrupts interrupts = Interrupts.OfProcess();
        await using ServiceProvider services = ConsoleBackend.Create(new ScreenLog(screen, IsVerbose: false), jobs: 1);
        await using FleetParts parts = Engines.OpenParts(services.GetRequiredService<BackendSettings>().Fleet);
        await FleetSchema.CheckAsync(parts.Database, interrupts.Finish);
        return await act(parts, new BatchHost(services.GetRequiredService<IServiceScopeFactory>(), screen, interrupts, services.GetRequiredService<TimeProvider>()), services);
    });
}
