using System.Text.Json;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Orders a batch from the workers of all machines, and shows how far they are.</summary>
/// <param name="settings">What the workers must agree in with this machine.</param>
internal sealed class FleetEngine(FleetParts parts, BatchHost host, SharedSettings settings) : IBatchEngine
{
    public async Task<int> RunAsync(Batch batch, BatchChoices choices)
    {
        await FleetSchema.CheckAsync(parts.Database, host.Interrupts.Finish);
        IReadOnlyList<string>? keys = choices.Key is { } key ? [key]
            : choices.Retry is { } retry ? await BatchReport.ReadFailedAsync(retry, host.Interrupts.Finish)
            : null;
        if (await batch.Refusal(host.Interrupts.Finish) is { } refusal)
        {
            host.Screen.WriteError(refusal);
            return ExitCodes.SomeFailed;
        }

        RunOrder order = new(batch.Name, JsonSerializer.Serialize(batch.Work, batch.Work.GetType(), WorkJson.Options), settings, QueueOf(settings)) { Keys = keys, Limit = choices.Limit };
        return await StartAsync(order, batch, choices);
    }

    /// <returns>The queue of the workers with these settings.</returns>
    public static string QueueOf(SharedSettings settings) => $"images-{settings.Hash}";

    private async Task<int> StartAsync(RunOrder order, Batch batch, BatchChoices choices)
    {
        long id = await parts.Runs.AddAsync(order, host.Interrupts.Finish);
        host.Screen.WriteLine($"Run {id} is ordered.");
        if (choices.Detach)
        {
            host.Screen.WriteLine($"`images batch watch {id}` shows it.");
            return ExitCodes.Done;
        }

        return await new RunWatch(parts, host).ShowAsync(await parts.Runs.FindAsync(id, host.Interrupts.Finish), batch.Conclusion, choices.Report);
    }
}
