using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>How much may be in transit between the service and its clients at a time, and how slowly it may go.</summary>
/// <param name="MaxReceiving">Uploads whose bodies may arrive at a time.</param>
/// <param name="MaxReceivedBytes">Bytes that all uploads in progress may have in the temp folder.</param>
/// <param name="MaxReaders">Answers with a published image that may be sent at a time.</param>
/// <param name="MinBytesPerSecond">The minimum on average; for a moment it may be less.</param>
public sealed record TrafficLimits(int MaxReceiving, long MaxReceivedBytes, int MaxReaders, int MinBytesPerSecond)
{
    public static readonly TrafficLimits Default = new(1_200, 4_000_000_000, 256, 5_000);

    private const long Mega = 1_000_000;

    internal static TrafficLimits Read(SettingsReader variables) => new(
        variables.Number(
            "MAX_RECEIVING",
            Default.MaxReceiving,
            1,
            100_000,
            "Uploads whose bodies may arrive at a time, each taking up to 200 kB of memory; any further one is answered 503 `busy` before its body is read."),
        Mega * variables.Number(
            "MAX_RECEIVING_MB",
            Default.MaxReceivedBytes / Mega,
            1,
            100_000_000,
            "Room in TEMP_FOLDER, in MB, that all uploads in progress share; beyond it the answer is 503 `busy`. At least MAX_UPLOAD_BYTES."),
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
            "How fast a body must arrive, or an image of `/active` be read, on average after a first minute; in any 30 s two fifths of that (60 kB by default) are enough. If slower: 408 `too_slow`, and the connection is closed."));
}
