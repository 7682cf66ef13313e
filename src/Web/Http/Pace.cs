using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Web.Http;

/// <summary>How slowly the bytes of one body may come or go. Only the time that we wait for the client counts.</summary>
/// <remarks>
/// Two rules: at most half a minute from one mark to the next, some bytes further on (an average alone would let a client that began fast
/// stop for hours); and overall no more than a minute plus the time that the bytes take at the minimum rate.
/// </remarks>
internal sealed class Pace(TrafficLimits limits, TimeProvider time)
{
    private static readonly TimeSpan MaxToMark = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxToBegin = TimeSpan.FromMinutes(1);

    // Two fifths of the minimum rate: a client may be slower for a while.
    private readonly long _markBytes = Math.Max(1, limits.MinBytesPerSecond * (long)MaxToMark.TotalSeconds * 2 / 5);

    private long _bytes;
    private TimeSpan _waited;
    private long _bytesSinceMark;
    private TimeSpan _waitedSinceMark;

    private TimeSpan Left
    {
        get
        {
            TimeSpan toMark = MaxToMark - _waitedSinceMark;
            TimeSpan toEnd = MaxToBegin + TimeSpan.FromSeconds((double)_bytes / limits.MinBytesPerSecond) - _waited;
            TimeSpan left = toMark < toEnd ? toMark : toEnd;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Moves bytes from or to the client.</summary>
    /// <param name="move">Ends early when its token says so; its result is the number of bytes.</param>
    /// <exception cref="TooSlowException">The client was too slow.</exception>
    public async ValueTask<int> MoveAsync(Func<CancellationToken, ValueTask<int>> move, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Left, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        long began = time.GetTimestamp();
        try
        {
            int bytes = await move(either.Token);
            Note(bytes, time.GetElapsedTime(began));
            return bytes;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TooSlowException();
        }
    }

    private void Note(int bytes, TimeSpan waited)
    {
        _bytes += bytes;
        _waited += waited;
        _bytesSinceMark += bytes;
        _waitedSinceMark += waited;
        if (_bytesSinceMark >= _markBytes)
        {
            (_bytesSinceMark, _waitedSinceMark) = (0, TimeSpan.Zero);
        }
    }
}

/// <summary>A client sends too slowly, or receives too slowly what it requested.</summary>
internal sealed class TooSlowException() : BadHttpRequestException("The client is too slow.", StatusCodes.Status408RequestTimeout);
