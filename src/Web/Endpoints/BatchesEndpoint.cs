using System.Text.Json.Serialization;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

/// <summary>Tells an operator how far the batches are that several machines share.</summary>
internal static class BatchesEndpoint
{
    private const int MaxRuns = 5;

    public static void MapBatches(this IEndpointRouteBuilder routes) => routes.MapGet($"{StudioRoutes.Figures}/batches", GetAsync).RequireBearer()
        .Describe("batches", "The latest five batches that several machines share.", "There are none without `BATCH_DATABASE_URL`.")
        .Answers("""
            {"isShared":true,"runs":[{"id":7,"kind":"resize","state":"running","total":20000,"done":5120,"skipped":4000,"failed":2,
              "elapsedSeconds":340,"workers":4}]}
            """);

    private static async Task<Ok<BatchesReply>> GetAsync(SharedRuns shared, ServiceSettings settings, CancellationToken cancellationToken)
    {
        string? dashboard = settings.HasBatchDashboard ? settings.RoutePrefix + StudioRoutes.Batches + '/' : null;
        try
        {
            IReadOnlyList<(FleetRun Run, RunProgress Progress)> latest = await shared.LatestAsync(MaxRuns, cancellationToken);
            return TypedResults.Ok(new BatchesReply(shared.IsSet, Problem: null, [.. latest.Select(one => ReplyOf(one.Run, one.Progress))], dashboard));
        }
        catch (FleetException fault)
        {
            // The rest of the service works without it, and so does the page that shows this.
            return TypedResults.Ok(new BatchesReply(shared.IsSet, fault.Message, [], dashboard));
        }
    }

    private static RunReply ReplyOf(FleetRun run, RunProgress progress) => new(
        run.Id,
        run.Order.Kind,
        RunLedger.Word(progress.State),
        progress.Total,
        progress.Processed + progress.Skipped + progress.Failed,
        progress.Skipped,
        progress.Failed,
        (long)progress.Elapsed.TotalSeconds,
        progress.Workers.Count);
}

/// <param name="IsShared">Whether there is a database of batches.</param>
/// <param name="Problem">Why it can't be used now, for people; left out if it can.</param>
/// <param name="Runs">The newest first.</param>
/// <param name="Dashboard">The path of Hangfire's dashboard; left out if it is not on.</param>
internal sealed record BatchesReply(
    bool IsShared,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem,
    IReadOnlyList<RunReply> Runs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Dashboard);

/// <param name="Kind">`resize`, `migrate`, `verify` or `clean`.</param>
/// <param name="State">`running`, `done` or `cancelled`.</param>
/// <param name="Total">Images; null until they are counted.</param>
/// <param name="Done">Images, with those that were skipped or failed.</param>
/// <param name="Workers">Those that were heard of lately and may work on it.</param>
internal sealed record RunReply(long Id, string Kind, string State, long? Total, long Done, long Skipped, long Failed, long ElapsedSeconds, int Workers);
