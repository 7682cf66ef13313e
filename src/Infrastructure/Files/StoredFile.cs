namespace ImageBackend.Infrastructure.Files;

/// <summary>A file of a storage, open for reading: if it can't be read to its end, that is a fault of the storage, whoever reads it.</summary>
/// <param name="storage">Its name, for faults.</param>
internal sealed class StoredFile(string storage, string path, FileShare share)
    : FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan)
{
    // Of a subclass, FileStream routes spans and memory to these two.
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return base.Read(buffer, offset, count);
        }
        catch (IOException exception)
        {
            throw DiskFaults.Of(storage, exception);
        }
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        try
        {
#pragma warning disable CA1835 // the overload for memory would come back here
            return await base.ReadAsync(buffer, offset, count, cancellationToken);
#pragma warning restore CA1835
        }
        catch (IOException exception)
        {
            throw DiskFaults.Of(storage, exception);
        }
    }
}
