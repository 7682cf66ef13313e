using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>How much may be in transit between the service and its clients at a time, and how slowly it may go.</summary>
/// <param name="MaxReceiving">Uploads whose bodies may arrive at a time.</param>
/// <param name="MaxReaders">Answers with a published image that may be sent at a time.</param>
/// <param name="MinBytesPerSecond">The minimum on average; for a moment it may be less.</param>
public sealed record TrafficLimits(int MaxReceiving, int MaxReaders, int MinBytesPerSecond)
{
    /// <summary>Bytes of the temp folder that all uploads may take together; null: <see cref="BudgetFor"/> decides.</summary>
    public long? ReceiveBudgetBytes { get; init; }

    /// <summary>How long a resumable upload waits to be finished, and its answer to be read.</summary>
    public TimeSpan PartialTimeToLive { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Resumable uploads that may wait at a time.</summary>
    public int MaxPartial { get; init; } = 10_000;

    public static readonly TrafficLimits Default = new(1_200, 256, 5_000);

    private const long Mega = 1_000_000;

    private const long MaxDefaultBudget = 20_000 * Mega;

    /// <summary>
    /// The least that the budget may be. Half of it is for partial uploads that wait, so that they never keep other uploads out; and each is copied
    /// once when it is complete.
    /// </summary>
    public static long MinBudgetFor(long maxUploadBytes) => 2 * maxUploadBytes;

    /// <summary>The bytes of the temp folder that all uploads may take together.</summary>
    public long BudgetFor(DirectoryInfo tempFolder, long maxUploadBytes) => ReceiveBudgetBytes
        ?? Math.Max(MinBudgetFor(maxUploadBytes), Math.Min(MaxDefaultBudget, (DiskSpace.FreeIn(tempFolder) ?? 0) / 10));

    internal static TrafficLimits Read(SettingsReader variables) => new(
        variables.Number(
            "MAX_RECEIVING",
            Default.MaxReceiving,
            1,
            100_000,
            "Uploads whose bodies may arrive at a time, each taking up to 200 kB of memory; any further one is answered 503 `busy` before its body is read."),
        variables.Number(
            "MAX_READERS",
            Default.MaxReaders,
            1,
            100_000,
            "Answers of `/active` that may be sent at a time; any further one is 503 `busy`."),
        variables.Number(
            "MIN_BYTES_PER_SECOND",
            Default.MinBytesPerSecond,
            1,
            1_000_000,
            "How fast a body must arrive, or an image of `/active` be read, on average after a first minute; in any 30 s two fifths of that (60 kB by default) are enough. If slower: 408 `too_slow`, and the connection is closed."))
    {
        ReceiveBudgetBytes = ReadBudget(variables),
        PartialTimeToLive = variables.Duration(
            "PARTIAL_TTL", Default.PartialTimeToLive, TimeSpan.FromMinutes(1), "How long a resumable upload may take, pauses included; then it is removed. 1m at least."),
        MaxPartial = variables.Number(
            "MAX_PARTIAL", Default.MaxPartial, 1, 1_000_000, "Resumable uploads that may wait to be continued; beyond it the answer to a new one is 503 `busy`."),
    };

    private static long? ReadBudget(SettingsReader variables)
    {
        const string Name = "RECEIVE_BUDGET_MB";
        long given = variables.Number(
            Name,
            MaxDefaultBudget / Mega,
            1,
            100_000_000,
            "Room in TEMP_FOLDER, in MB, that all uploads share, at most half of it resumable ones that wait; beyond it the answer is 503 `busy`, before the body is read. At least twice MAX_UPLOAD_BYTES.",
            shownDefault: "a tenth of the free space at start, at most 20000");
        return variables.ValueOf(Name) is null ? null : Mega * given;
    }
}
