using System.Collections.Concurrent;
using System.Globalization;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Cli.Commands;

/// <summary>What a resize would do: counted for all images, tried (and thrown away) for some, to estimate bytes and time for all.</summary>
/// <remarks>It adds up what it sees itself, so one process looks at all images.</remarks>
internal sealed class ResizePlan(ThumbnailSelection selection, int jobs, TimeProvider time) : IBatchWork
{
    private const int Trials = 20;

    private readonly ConcurrentDictionary<(string Suffix, ImageFormat Format), Line> _lines = new();
    private long _due;
    private long _tried;
    private long _triedTicks;

    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        RegeneratedThumbnails answer = await mediator.Send(
            new RegenerateThumbnails(key) { Selection = selection, Mode = RegenerateMode.Look }, cancellationToken);
        if (answer.Thumbnails.Count == 0)
        {
            return ItemResult.Skipped();
        }

        // The first that are due are a sample of all.
        if (Interlocked.Increment(ref _due) <= Trials)
        {
            long started = time.GetTimestamp();
            answer = await mediator.Send(new RegenerateThumbnails(key) { Selection = selection, Mode = RegenerateMode.Trial }, cancellationToken);
            Interlocked.Increment(ref _tried);
            Interlocked.Add(ref _triedTicks, time.GetElapsedTime(started).Ticks);
        }

        foreach (RegeneratedThumbnail thumbnail in answer.Thumbnails)
        {
            _lines.GetOrAdd((thumbnail.Suffix, thumbnail.Format), _ => new Line()).Add(thumbnail);
        }

        return ItemResult.Processed(reasons: ThumbnailReasons.Of(answer));
    }

    public IEnumerable<string> ToLines()
    {
        if (_due == 0)
        {
            yield return "Nothing is due.";
            yield break;
        }

        yield return Text($"{"size",-8}{"format",-8}{"missing",12}{"stale",12}{"requested",12}{"bytes, about",16}");
        foreach (((string suffix, ImageFormat format), Line line) in _lines.OrderBy(one => one.Key.Suffix, StringComparer.Ordinal).ThenBy(one => one.Key.Format.Extension, StringComparer.Ordinal))
        {
            yield return Text($"{suffix,-8}{format,-8}{line.Missing,12:N0}{line.Stale,12:N0}{line.Requested,12:N0}{BatchFigures.Size(line.BytesOfAll),16}");
        }

        TimeSpan all = _tried == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(_triedTicks / _tried) * ((double)_due / jobs);
        yield return Text($"{_due:N0} images, about {BatchFigures.Size(_lines.Values.Sum(line => line.BytesOfAll))}, about {BatchFigures.Clock(all)} with {jobs} at a time (tried: {_tried}). Nothing was written.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Line
    {
        private readonly Lock _gate = new();
        private long _bytes;
        private long _sized;

        public long Missing { get; private set; }

        public long Stale { get; private set; }

        public long Requested { get; private set; }

        public long BytesOfAll => _sized == 0 ? 0 : (long)((double)_bytes / _sized * (Missing + Stale + Requested));

        public void Add(RegeneratedThumbnail thumbnail)
        {
            lock (_gate)
            {
                Missing += thumbnail.Reason == DueReason.Missing ? 1 : 0;
                Stale += thumbnail.Reason == DueReason.Stale ? 1 : 0;
                Requested += thumbnail.Reason == DueReason.Requested ? 1 : 0;
                _bytes += thumbnail.Bytes;
                _sized += thumbnail.Bytes > 0 ? 1 : 0;
            }
        }
    }
}
