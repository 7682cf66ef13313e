using ImageBackend.Web.Http;

namespace ImageBackend.Web.Health;

/// <summary>
/// The end of the service: from the signal on, new requests are refused, and those that run are given <see cref="Patience"/> to finish. What has not
/// finished by then is cut off, as by a client that leaves.
/// </summary>
internal sealed class Draining : IHostedLifecycleService
{
    /// <summary>All of the end takes half a minute at most; the rest of that is for background work.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _isStopping;
    private int _running;

    public bool IsStopping => Volatile.Read(ref _isStopping);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!Enter())
        {
            context.Response.Headers.CacheControl = "no-store";
            await Problems.ShuttingDown(context).ExecuteAsync(context);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            Leave();
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isStopping = true;
            SignalIfDrained();
        }

        await Task.WhenAny(_drained.Task, Task.Delay(Patience, cancellationToken));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool Enter()
    {
        lock (_gate)
        {
            _running += _isStopping ? 0 : 1;
            return !_isStopping;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _running--;
            SignalIfDrained();
        }
    }

    private void SignalIfDrained()
    {
        if (_isStopping && _running == 0)
        {
            _drained.TrySetResult();
        }
    }
}
