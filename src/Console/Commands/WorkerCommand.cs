using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Batches.Fleet;
using ImageBackend.Cli.Hosting;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Processes;
using ImageBackend.Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images worker</c>: works on the runs that any machine has ordered, until it is told to end.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        Option<int> jobs = BatchOptions.Number("--jobs", "-j", 1, 256, "Images at a time (default: the number of cores).");
        Option<bool> verbose = new("--verbose", "-v") { Description = "Say more about what is done." };
        Command command = new("worker", "Work on the batches that are ordered by `--engine hangfire` on any machine with the same settings. Ctrl-C or SIGTERM: finish the images in progress, give back the rest, end.");
        command.Options.Add(jobs);
        command.Options.Add(verbose);
        command.SetAction((parsed, _) => BatchCommand.GuardAsync(parsed, () => RunAsync(
            parsed, parsed.GetResult(jobs) is null ? Environment.ProcessorCount : parsed.GetValue(jobs), parsed.GetValue(verbose))));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, int jobs, bool isVerbose)
    {
        LowPriority.LowerPriority();
        PlainScreen screen = new(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, every: int.MaxValue);
        using Interrupts interrupts = Interrupts.OfProcess();
        await using ServiceProvider services = ConsoleBackend.Create(new ScreenLog(screen, isVerbose), jobs);
        BackendSettings settings = services.GetRequiredService<BackendSettings>();
        await using FleetParts parts = Engines.OpenParts(settings.Fleet);
        await FleetSchema.CheckAsync(parts.Database, interrupts.Finish);
        await services.GetRequiredService<StorageStart>().CheckAsync(interrupts.Finish);

        BatchHost host = new(services.GetRequiredService<IServiceScopeFactory>(), screen, interrupts, services.GetRequiredService<TimeProvider>());
        Dictionary<string, SharedSettings> queues = BatchKinds.SettingsOfAll(settings).ToDictionary(FleetEngine.QueueOf);
        // The digits at its end are for containers and clones of a machine, which may have all else in common.
        string name = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetInt32(0x10000):x4}");
        ChunkWorker worker = new(parts, host, name, jobs, BatchOf);
        using CancellationTokenRegistration word = interrupts.Finish.Register(() => screen.WriteError("Ending: the images in progress are finished, the rest is given back. Interrupt again to stop at once."));
        screen.WriteLine($"Worker {name} is ready, {jobs} images at a time.");
        List<Task> work =
        [
            EndWithOthersAsync(SayItIsThereAsync(parts, host, new FleetWorker(name, ProgramVersion.Text, jobs, Trouble: null), () => worker.Trouble, [.. queues.Keys])),
            EndWithOthersAsync(new Feeder(parts, host, queues, BatchOf).RunAsync(interrupts.Finish)),
            EndWithOthersAsync(parts.Broker.ServeChunksAsync(name, [.. queues.Keys], worker.DoAsync, interrupts.Finish)),
        ];
        if (settings.Fleet.BackgroundBroker is not null && settings.Thumbnails.ModernFormats.Count > 0)
        {
            work.Add(EndWithOthersAsync(ServeUploadsAsync(parts.Broker, $"{name}-uploads", settings, Math.Max(1, jobs / 2), services, interrupts)));
        }

        await Task.WhenAll(work);
        return worker.Fault is { } fault ? throw fault : ExitCodes.Done;

        Batch BatchOf(FleetRun run) => BatchKinds.Of(run, services);

        // What one of them can't go on without, the others can't either.
        async Task EndWithOthersAsync(Task part)
        {
            try
            {
                await part;
            }
            finally
            {
                interrupts.PressOnce();
            }
        }
    }

    // WebP and AVIF, beside batches that may take days.
    private static Task ServeUploadsAsync(IFleetBroker broker, string name, BackendSettings settings, int jobs, IServiceProvider services, Interrupts interrupts)
    {
        ModernMaker maker = new(services.GetRequiredService<IServiceScopeFactory>(), services.GetRequiredService<ILogger<ModernMaker>>());
        return broker.ServeImagesAsync(name, RunSettings.ModernQueueOf(settings), jobs, MakeAsync, interrupts.Finish);

        async Task MakeAsync(string key)
        {
            try
            {
                if (ImageKey.TryParse(key, out ImageKey? image))
                {
                    await maker.MakeAsync(image, interrupts.Stop);
                }
            }
            catch (OperationCanceledException)
            {
                // The reconciler queues it again.
            }
        }
    }

    private static async Task SayItIsThereAsync(FleetParts parts, BatchHost host, FleetWorker worker, Func<string?> trouble, IReadOnlyList<string> queues)
    {
        DatabasePatience patience = new(host.Screen, host.Time);
        try
        {
            while (true)
            {
                await patience.WaitForAsync(() => parts.Runs.HeardOfAsync(worker with { Trouble = trouble() }, queues, host.Interrupts.Finish), host.Interrupts.Finish);
                await Task.Delay(parts.Chunks.Heartbeat, host.Time, host.Interrupts.Finish);
            }
        }
        catch (OperationCanceledException)
        {
            await ForgetAsync(parts, worker.Name);
        }
    }

    private static async Task ForgetAsync(FleetParts parts, string name)
    {
        try
        {
            await parts.Runs.ForgetAsync(name, CancellationToken.None);
        }
        catch (FleetException)
        {
            // It is forgotten by its silence.
        }
    }
}
