namespace ImageBackend.Infrastructure.V5;

/// <summary>Cancels when no byte comes for some time; the time in which nobody reads does not count.</summary>
internal sealed class StallingStream(Stream inner, CancellationTokenSource patienceEnds, TimeSpan stall) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        patienceEnds.CancelAfter(stall);
        int read = await inner.ReadAsync(buffer, patienceEnds.Token);
        patienceEnds.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
