using System.Text.Json;
using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>A line to a worker: a job, or whether to continue with the one that asked for memory.</summary>
internal sealed record ToWorker(Job? Job = null, bool? MayDecode = null);

/// <summary>A line from a worker: first that it is ready, then for each job what it needs, once or twice, and the result.</summary>
/// <param name="Ready">Sent once.</param>
/// <param name="NeedsBytes">Memory needed from here on; it waits for <see cref="ToWorker.MayDecode"/>.</param>
/// <param name="Times">Requested factor for the time limit; at most <see cref="Need.MaxTimes"/> is granted.</param>
/// <param name="Fault">The temp folder does not work; true: it is full.</param>
/// <param name="Error">An unexpected failure, described on one line.</param>
/// <param name="Trace">Where it happened, for the log.</param>
internal sealed record FromWorker(
    Confinement? Ready = null, long? NeedsBytes = null, int Times = 1, JobAnswer? Answer = null, Refusal? Refused = null, bool? Fault = null, string? Error = null, string? Trace = null)
{
    /// <exception cref="InvalidImageException">The picture is broken, or exceeds a limit.</exception>
    /// <exception cref="StorageException">The temp folder is full or broken.</exception>
    public JobAnswer Result() => this switch
    {
        { Answer: { } answer } => answer,
        { Refused: { } refused } => throw new InvalidImageException(refused.Code, refused.Detail, refused.Limit, refused.Actual),
        { Fault: { } isFull } => throw new StorageException(Workspaces.TempFolderWorkspaces.StorageName, "a worker can't read or write there.", isFull),
        _ => throw new InvalidOperationException($"A worker failed: {Error}", new InvalidOperationException(Trace)),
    };
}

/// <summary>An <see cref="InvalidImageException"/> in transit.</summary>
internal sealed record Refusal(string Code, string Detail, long? Limit, long? Actual);

/// <summary>What a worker found closed when it tested that from several threads.</summary>
/// <param name="Files">All files except the program's, its libraries, fonts, and those in the worker's own folder.</param>
/// <param name="Network">All of it.</param>
/// <param name="IsPreferredOomVictim">Whether the kernel kills the worker, and not the service, when memory runs short.</param>
internal sealed record Confinement(bool Files, bool Network, bool IsPreferredOomVictim)
{
    public static readonly Confinement None = new(Files: false, Network: false, IsPreferredOomVictim: false);
}

/// <summary>Writes and reads lines of JSON.</summary>
internal sealed class WorkerJson
{
    private readonly WorkerJsonContext _context;

    /// <param name="set">A thumbnail's spec is sent as its suffix: both sides have the same set.</param>
    public WorkerJson(ThumbnailSet set) => _context = new WorkerJsonContext(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new TextConverter<ImageFormat>(text => ImageFormat.All.Union(ImageFormat.Converted).FirstOrDefault(format => format.Extension == text) ?? throw new JsonException()),
            new TextConverter<CropArea>(CropArea.Parse),
            new TextConverter<Rotation>(Rotation.Parse, rotation => FormattableString.Invariant($"{rotation.Degrees}")),
            new TextConverter<ThumbnailSpec>(
                suffix => set.Specs.Single(spec => spec.Suffix == suffix),
                spec => set.Specs.Contains(spec) ? spec.Suffix : throw new ArgumentException($"The thumbnail {spec} is not in the settings.")),
        },
    });

    public string Write(ToWorker message) => JsonSerializer.Serialize(message, _context.ToWorker);

    public string Write(FromWorker message) => JsonSerializer.Serialize(message, _context.FromWorker);

    /// <exception cref="JsonException">It is not a valid message.</exception>
    public ToWorker ReadToWorker(string line) => JsonSerializer.Deserialize(line, _context.ToWorker) ?? throw new JsonException();

    /// <exception cref="JsonException">It is not a valid message.</exception>
    public FromWorker ReadFromWorker(string line) => JsonSerializer.Deserialize(line, _context.FromWorker) ?? throw new JsonException();

    private sealed class TextConverter<T>(Func<string, T> parse, Func<T, string>? format = null) : JsonConverter<T>
        where T : notnull
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(format is null ? value.ToString() : format(value));
    }
}

[JsonSerializable(typeof(ToWorker))]
[JsonSerializable(typeof(FromWorker))]
internal sealed partial class WorkerJsonContext : JsonSerializerContext;
