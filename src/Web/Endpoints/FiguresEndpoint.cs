using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Measuring;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Health;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Endpoints;

/// <summary>Tells an operator what this process does, and how it was set up.</summary>
internal static class FiguresEndpoint
{
    private const string StorageCheck = "storage";

    public static void MapFigures(this IEndpointRouteBuilder routes) => routes.MapGet(StudioRoutes.Figures, GetAsync).RequireBearer()
        .Describe("figures", "Live figures of this process, and its settings without secrets.", "Totals are those since its start. Whether storage and the rest work may be 30 seconds old.")
        .Answers("""
            {"uptimeSeconds":86400,"uploads":{"total":5120,"failed":12},"publishes":{"total":4711},"queue":{"waiting":0,"running":2,"modern":3},
             "decodes":{"total":20480,"secondsTotal":1830.5},"workers":{"alive":4,"max":4},"memory":{"budgetBytes":2147483648,"usedBytes":73400320},
             "storage":[{"name":"incoming","ok":true},{"name":"active","ok":true},{"name":"decoders","ok":true},{"name":"space","ok":true}],
             "settings":[{"name":"API_SECRET_KEY","value":"(set)","isSecret":true,"isDefault":false},{"name":"MAX_UPLOAD_BYTES","value":"40000000","isSecret":false,"isDefault":true}]}
            """);

    private static async Task<Ok<FiguresReply>> GetAsync(LiveFigures live, Readiness readiness, ShownSettings settings, CancellationToken cancellationToken)
    {
        HealthReport health = await readiness.CheckAsync(cancellationToken);
        Figures now = live.Read();
        return TypedResults.Ok(new FiguresReply(
            (long)now.Uptime.TotalSeconds,
            new UploadFigures(now.Since.Uploads, now.Since.FailedUploads),
            new PublishFigures(now.Since.Publishes),
            new QueueFigures(now.Waiting, now.Running, now.WaitingModern),
            new DecodeFigures(now.Since.Decodes, Math.Round(now.Since.DecodeSeconds, 3)),
            new WorkerFigures(now.Workers, now.MaxWorkers),
            new MemoryFigures(now.MemoryBytes, now.TakenBytes),
            [.. health.Entries.SelectMany(entry => entry.Key == StorageCheck ? StoragesOf(entry.Value) : [PartOf(entry.Key, entry.Value)])],
            [.. settings.All.Select(one => new SettingReply(one.Name, one.Value, one.IsSecret, one.IsDefault))]));
    }

    // One check is for both storages. If one does not work, nobody has looked at the other.
    private static IEnumerable<PartReply> StoragesOf(HealthReportEntry check) =>
        from name in new[] { ImageStores.IncomingName, ImageStores.ActiveName }
        let isToBlame = check.Exception is not StorageException fault || fault.Storage == name
        select isToBlame ? PartOf(name, check) : new PartReply(name, Ok: true, Detail: null);

    private static PartReply PartOf(string name, HealthReportEntry check) =>
        new(name, check.Status == HealthStatus.Healthy, check.Status == HealthStatus.Healthy ? null : check.Description ?? "It takes too long.");
}

/// <summary>The settings, as an operator may see them.</summary>
internal sealed record ShownSettings(IReadOnlyList<ShownSetting> All);

/// <param name="UptimeSeconds">Since the start of this process.</param>
/// <param name="Storage">Whether both storages, the decoders and the free space are as they should be.</param>
internal sealed record FiguresReply(
    long UptimeSeconds,
    UploadFigures Uploads,
    PublishFigures Publishes,
    QueueFigures Queue,
    DecodeFigures Decodes,
    WorkerFigures Workers,
    MemoryFigures Memory,
    IReadOnlyList<PartReply> Storage,
    IReadOnlyList<SettingReply> Settings);

/// <param name="Total">All, also those that failed or were refused.</param>
internal sealed record UploadFigures(long Total, long Failed);

internal sealed record PublishFigures(long Total);

/// <param name="Waiting">Decoding jobs.</param>
/// <param name="Running">Decoding jobs.</param>
/// <param name="Modern">Images that wait for their WebP and AVIF.</param>
internal sealed record QueueFigures(int Waiting, int Running, int Modern);

/// <param name="Total">Jobs of the decoders, of every kind.</param>
internal sealed record DecodeFigures(long Total, double SecondsTotal);

internal sealed record WorkerFigures(int Alive, int Max);

/// <param name="BudgetBytes">What all decodes together may take.</param>
/// <param name="UsedBytes">What those that run may take.</param>
internal sealed record MemoryFigures(long BudgetBytes, long UsedBytes);

/// <param name="Detail">What is wrong, for people.</param>
internal sealed record PartReply(string Name, bool Ok, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);

/// <param name="Value">As it was set, or its default in words; of a secret, whether it is set.</param>
internal sealed record SettingReply(string Name, string Value, bool IsSecret, bool IsDefault);
