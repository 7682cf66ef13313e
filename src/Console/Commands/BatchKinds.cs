using System.Text.Json;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Commands;

/// <summary>The batches that several machines can share: each is made again of what was written down.</summary>
internal static class BatchKinds
{
    private const string Migrate = "migrate";

    private static readonly Dictionary<string, Func<IServiceProvider, string, Batch>> All = new()
    {
        ["resize"] = (services, work) => ResizeCommand.BatchOf(services, Read<ResizeWork>(work)),
        ["verify"] = (services, work) => VerifyCommand.BatchOf(services, Read<VerifyWork>(work)),
        ["clean"] = (services, work) => CleanCommand.BatchOf(services, Read<CleanWork>(work)),
        [Migrate] = (services, work) => MigrateCommand.BatchOf(services, Read<MigrateWork>(work)),
    };

    /// <returns>The batch that a run does.</returns>
    /// <exception cref="UsageException">This version doesn't know it.</exception>
    public static Batch Of(FleetRun run, IServiceProvider services) => All.TryGetValue(run.Order.Kind, out Func<IServiceProvider, string, Batch>? make)
        ? make(services, run.Order.Work)
        : throw new UsageException($"Run {run.Id} is a {run.Order.Kind}, which this version does not know.");

    /// <returns>What a machine with these settings must agree in with others to share such a batch.</returns>
    public static SharedSettings SettingsOf(string kind, BackendSettings settings) => RunSettings.Of(settings, migrates: kind == Migrate);

    /// <returns>The settings of all batches that this machine can do, the more general ones first.</returns>
    public static IEnumerable<SharedSettings> SettingsOfAll(BackendSettings settings) =>
        [SettingsOf("resize", settings), .. settings.V5 is { Database: not null, Originals: not null } ? [SettingsOf(Migrate, settings)] : Array.Empty<SharedSettings>()];

    private static T Read<T>(string work) => JsonSerializer.Deserialize<T>(work, WorkJson.Options) ?? throw new UsageException("The run's work is empty.");
}
