using Amazon.S3.Model;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>The content of an object as it comes: a stall or a broken connection is a fault of the storage.</summary>
/// <param name="timeout">Of one read.</param>
internal sealed class S3Content(string storage, GetObjectResponse response, TimeSpan timeout) : AsyncReadStream
{
    private readonly Stream _inner = response.ResponseStream;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout);
        try
        {
            return await _inner.ReadAsync(buffer, patience.Token);
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
