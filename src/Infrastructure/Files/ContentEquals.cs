using System.Buffers;

namespace ImageBackend.Infrastructure.Files;

internal static class ContentEquals
{
    private const int BufferBytes = 128 * 1024;

    /// <returns>Whether two streams hold the same bytes from their positions to their ends.</returns>
    public static async Task<bool> CompareAsync(Stream left, Stream right, CancellationToken cancellationToken)
    {
        byte[] leftBuffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        byte[] rightBuffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                int leftBytes = await left.ReadAtLeastAsync(leftBuffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancellationToken);
                int rightBytes = await right.ReadAtLeastAsync(rightBuffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancellationToken);
                if (!leftBuffer.AsSpan(0, leftBytes).SequenceEqual(rightBuffer.AsSpan(0, rightBytes)))
                {
                    return false;
                }

                if (leftBytes < BufferBytes)
                {
                    return true;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(leftBuffer);
            ArrayPool<byte>.Shared.Return(rightBuffer);
        }
    }
}
