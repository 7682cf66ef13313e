using System.Text.Encodings.Web;
using System.Text.Json;
using ImageBackend.Cli.Hosting;

namespace ImageBackend.Cli.Batches;

/// <summary>Writes the results of a batch as JSON: the items with something to report as they come, then the figures.</summary>
/// <remarks>Written to a partial file and renamed at the end, so that --retry may read the report that is rewritten.</remarks>
internal sealed class BatchReport : IDisposable
{
    private const string Failed = "failed";

    // Written for files, not for web pages.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FileStream _file;
    private readonly Utf8JsonWriter _json;

    private BatchReport(string path, FileStream file) => (_path, _file, _json) = (path, file, new Utf8JsonWriter(file, Format));

    private string PartialPath => _path + ".partial";

    /// <returns>Null when none is wanted.</returns>
    /// <exception cref="UsageException">The file can't be written.</exception>
    public static BatchReport? Begin(string? path, string batch)
    {
        if (path is null)
        {
            return null;
        }

        if (Directory.Exists(path))
        {
            throw new UsageException($"--report: '{path}' is a folder; give the name of a file.");
        }

        try
        {
            BatchReport report = new(path, new FileStream(path + ".partial", FileMode.Create, FileAccess.Write));
            report._json.WriteStartObject();
            report._json.WriteString("batch", batch);
            report._json.WriteStartArray("items");
            return report;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--report: '{path}' can't be written: {exception.Message}");
        }
    }

    /// <returns>Keys of the items that failed according to a report, in its order.</returns>
    /// <exception cref="UsageException">There is no such report.</exception>
    public static async Task<IReadOnlyList<string>> ReadFailedAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read);
            using JsonDocument report = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            return
            [
                .. report.RootElement.GetProperty("items").EnumerateArray()
                    .Where(item => item.GetProperty("result").GetString() == Failed)
                    .Select(item => item.GetProperty("key").GetString()!),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UsageException($"--retry: '{path}' can't be read as a report of a batch: {exception.Message}");
        }
    }

    public void Add(string key, ItemResult result)
    {
        if (result.Reasons.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            _json.WriteStartObject();
            _json.WriteString("key", key);
            _json.WriteString("result", result.Outcome switch { ItemOutcome.Failed => Failed, ItemOutcome.Skipped => "skipped", _ => "processed" });
            _json.WriteStartArray("reasons");
            foreach (string reason in result.Reasons)
            {
                _json.WriteStringValue(reason);
            }

            _json.WriteEndArray();
            _json.WriteEndObject();
            _json.Flush();
        }
    }

    public void Complete(BatchFigures figures, IEnumerable<string> conclusion, int exitCode)
    {
        lock (_gate)
        {
            _json.WriteEndArray();
            _json.WriteNumber("images", figures.Done);
            _json.WriteNumber("skipped", figures.Skipped);
            _json.WriteNumber("processed", figures.Processed);
            _json.WriteNumber("errors", figures.Failed);
            _json.WriteNumber("bytes", figures.Bytes);
            _json.WriteNumber("seconds", Math.Round(figures.Elapsed.TotalSeconds, 3));
            _json.WriteStartArray("conclusion");
            foreach (string line in conclusion)
            {
                _json.WriteStringValue(line);
            }

            _json.WriteEndArray();
            _json.WriteNumber("exitCode", exitCode);
            _json.WriteEndObject();
            Dispose();
            File.Move(PartialPath, _path, overwrite: true);
        }
    }

    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }
}
