using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.V5;

/// <summary>Cancels if no byte comes for some time; time in which nobody reads does not count.</summary>
internal sealed class StallingStream(Stream inner, CancellationTokenSource patienceEnds, TimeSpan stall) : AsyncReadStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        patienceEnds.CancelAfter(stall);
        int read = await inner.ReadAsync(buffer, patienceEnds.Token);
        patienceEnds.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }
}
