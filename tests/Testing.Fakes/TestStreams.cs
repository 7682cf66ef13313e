namespace ImageBackend.Testing;

/// <summary>Returns some bytes and then stops: with a fault, or until it is told to continue.</summary>
public sealed class StoppingStream(byte[] content, int stopAt) : MemoryStream(content, writable: false)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the reader has reached the stop.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>What happens there.</summary>
    public required Func<CancellationToken, Task> AtStop { get; init; }

    public static StoppingStream Failing(byte[] content, int stopAt) =>
        new(content, stopAt) { AtStop = _ => throw new IOException("The connection was lost.") };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= stopAt && !_stopped.Task.IsCompleted)
        {
            _stopped.SetResult();
            await AtStop(cancellationToken);
        }

        int most = Position < stopAt ? (int)Math.Min(buffer.Length, stopAt - Position) : buffer.Length;
        return await base.ReadAsync(buffer[..most], cancellationToken);
    }

    // The base copies its buffer in one piece, past any stop.
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[bufferSize];
        int read;
        while ((read = await ReadAsync(buffer, cancellationToken)) > 0)
        {
            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
