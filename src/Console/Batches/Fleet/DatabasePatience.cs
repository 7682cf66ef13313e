using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Waits for the database when it is away, however long, and says so once.</summary>
internal sealed class DatabasePatience(IBatchScreen screen, TimeProvider time)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    private int _isAway;

    /// <exception cref="FleetException">Waiting does not help.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled meanwhile.</exception>
    public async Task<T> WaitForAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = TimeSpan.FromSeconds(0.5); ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            try
            {
                T answer = await call();
                if (Interlocked.Exchange(ref _isAway, 0) == 1)
                {
                    screen.WriteError("The database of batches is back.");
                }

                return answer;
            }
            catch (FleetException fault) when (fault.IsTransient)
            {
                if (Interlocked.Exchange(ref _isAway, 1) == 0)
                {
                    screen.WriteError($"{fault.Message} Waiting for it.");
                }

                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    public Task WaitForAsync(Func<Task> call, CancellationToken cancellationToken) => WaitForAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);
}
