using System.Text.Json.Serialization;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Health;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Endpoints;

/// <summary>For whoever decides whether to restart this process (live) and whether to send requests to it (ready).</summary>
internal static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", Methods, Live)
            .Describe("live", "Says that the process works, and its version.")
            .Produces<HealthReply>()
            .Answers("""{"status":"healthy","version":"1.2.3"}""");
        routes.MapMethods("/health/ready", Methods, ReadyAsync)
            .Describe("ready", "Says whether storage and decoders work now, and how much room is left.", "The answer may be 30 seconds old.")
            .Produces<HealthReply>()
            .Produces<HealthReply>(StatusCodes.Status503ServiceUnavailable)
            .Answers("""{"status":"healthy","version":"1.2.3","checks":{"active":{"status":"healthy"},"space":{"status":"healthy","freeBytes":{"temp":52341223424}}}}""");
    }

    private static JsonHttpResult<HealthReply> Live() => Reply(StatusCodes.Status200OK, new HealthReply(NameOf(HealthStatus.Healthy), ProgramVersion.Text));

    private static async Task<JsonHttpResult<HealthReply>> ReadyAsync(Readiness readiness, Draining draining, CancellationToken cancellationToken)
    {
        if (draining.IsStopping)
        {
            return Reply(StatusCodes.Status503ServiceUnavailable, new HealthReply("shutting_down", ProgramVersion.Text));
        }

        HealthReport report = await readiness.CheckAsync(cancellationToken);
        return Reply(
            report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
            new HealthReply(NameOf(report.Status), ProgramVersion.Text)
            {
                Checks = report.Entries.ToDictionary(
                    entry => entry.Key, entry => new CheckReply(NameOf(entry.Value.Status), entry.Value.Description, entry.Value.Data.Count > 0 ? entry.Value.Data : null)),
            });
    }

    private static JsonHttpResult<HealthReply> Reply(int status, HealthReply reply) => TypedResults.Json(reply, statusCode: status);

    private static string NameOf(HealthStatus status) => status.ToString().ToLowerInvariant();
}

/// <param name="Status"><c>healthy</c>; <c>degraded</c>, which still takes requests; <c>unhealthy</c>; <c>shutting_down</c>.</param>
/// <param name="Version">Of the service.</param>
internal sealed record HealthReply(string Status, string Version)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, CheckReply>? Checks { get; init; }
}

/// <param name="Problem">What is wrong, for people.</param>
/// <param name="FreeBytes">Of the check <c>space</c>: by folder.</param>
internal sealed record CheckReply(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, object>? FreeBytes);
