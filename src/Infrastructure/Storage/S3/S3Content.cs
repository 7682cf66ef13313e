using System.Diagnostics;
using Amazon.S3.Model;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>The content of an object as it arrives: a stall, a trickle or a broken connection is a fault of the storage.</summary>
/// <param name="timeout">
/// Limit of one read; also of all reads together, excluding the time for the bytes and the reader's own time in between.
/// </param>
internal sealed class S3Content(string storage, GetObjectResponse response, TimeSpan timeout) : AsyncReadStream
{
    private readonly Stream _inner = response.ResponseStream;
    private TimeSpan _waited;
    private long _bytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TimeSpan left = timeout + TimeSpan.FromSeconds(_bytes / S3Attempt.BytesPerSecond) - _waited;
        patience.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left < timeout ? left : timeout);
        long started = Stopwatch.GetTimestamp();
        try
        {
            int read = await _inner.ReadAsync(buffer, patience.Token);
            _bytes += read;
            _waited += Stopwatch.GetElapsedTime(started);
            return read;
        }
        catch (Exception exception) when (S3Faults.IsOfS3(exception, cancellationToken))
        {
            throw S3Faults.Of(storage, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            response.Dispose();
        }

        base.Dispose(disposing);
    }
}
