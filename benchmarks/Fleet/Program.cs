using System.Globalization;
using ImageBackend.Application;
using ImageBackend.Benchmarks;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Batches.Fleet;
using ImageBackend.Cli.Commands;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;
using Microsoft.Extensions.DependencyInjection;

// fleet order: orders a run from the database of BATCH_DATABASE_URL, which has its tables.
// fleet worker IMAGES JOBS MILLISECONDS: is `images worker`, but for the images, which are nowhere: each takes so long.
SettingsReader variables = new(Environment.GetEnvironmentVariable, isDevelopment: false);
FleetSettings settings = FleetSettings.Read(variables, FleetBrokers.Names);
variables.ThrowIfInvalid();
SharedSettings shared = new(new Dictionary<string, string> { [SharedSettings.Storages] = "nowhere" });
string queue = FleetEngine.QueueOf(shared);
await using FleetParts parts = Engines.OpenParts(settings);
if (args is ["order"])
{
    Console.WriteLine(await parts.Runs.AddAsync(new RunOrder("nothing", "{}", shared, queue), CancellationToken.None));
    return 0;
}

if (args is not ["worker", { } imagesText, { } jobsText, { } timeText])
{
    Console.Error.WriteLine("usage: fleet order | fleet worker IMAGES JOBS MILLISECONDS");
    return 2;
}

long images = long.Parse(imagesText, CultureInfo.InvariantCulture);
int jobs = int.Parse(jobsText, CultureInfo.InvariantCulture);
Batch batch = new("nothing", _ => Names(images), new Waiting(TimeSpan.FromMilliseconds(int.Parse(timeText, CultureInfo.InvariantCulture))));
using Interrupts interrupts = Interrupts.OfProcess();
await using ServiceProvider services = new ServiceCollection().AddApplication().AddLogging().BuildServiceProvider();
BatchHost host = new(services.GetRequiredService<IServiceScopeFactory>(), new PlainScreen(Console.Out, Console.Error, every: int.MaxValue), interrupts, TimeProvider.System);
string name = $"{Environment.MachineName}-{Environment.ProcessId}";
ChunkWorker worker = new(parts, host, name, jobs, _ => batch);
await Task.WhenAll(
    SayItIsThereAsync(),
    new Feeder(parts, host, new Dictionary<string, SharedSettings> { [queue] = shared }, _ => batch).RunAsync(interrupts.Finish),
    parts.Broker.ServeChunksAsync(name, [queue], worker.DoAsync, interrupts.Finish));
return worker.Fault is { } fault ? throw fault : 0;

async Task SayItIsThereAsync()
{
    while (!interrupts.Finish.IsCancellationRequested)
    {
        await parts.Runs.HeardOfAsync(new FleetWorker(name, "benchmark", jobs, Trouble: null), [queue], CancellationToken.None);
        await Task.Delay(parts.Chunks.Heartbeat, interrupts.Finish).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}

// As a storage lists them: page by page.
static async IAsyncEnumerable<string> Names(long count)
{
    for (long i = 0; i < count; i++)
    {
        if (i % 1000 == 0)
        {
            await Task.Yield();
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{1_000_000_000 + i}_{i}.jpg");
    }
}
