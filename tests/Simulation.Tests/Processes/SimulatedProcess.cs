using ImageBackend.Simulation.Tests.Engine;
using ImageBackend.Simulation.Tests.Ports;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Simulation.Tests.Processes;

/// <summary>One process: all of its code runs under this context, one step at a time, and nothing runs once it is dead.</summary>
internal sealed class SimulatedProcess : SynchronizationContext
{
    private readonly List<CancellationTokenSource> _requests = [];
    private readonly List<Task> _background = [];

    public SimulatedProcess(World world, Machine machine, Product product)
    {
        (World, Machine) = (world, machine);
        Time = new ProcessTime(world.Clock, machine.Skew, this);
        Files = new SimulatedWorkspaces();
        Services = product.CreateScope(this);
        Mediator = Services.GetRequiredService<IMediator>();
    }

    public World World { get; }

    public Machine Machine { get; }

    public TimeProvider Time { get; }

    public SimulatedWorkspaces Files { get; }

    public IServiceProvider Services { get; }

    public IMediator Mediator { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Background work that has ended by an exception, which none may.</summary>
    public Exception? BackgroundFault => _background.FirstOrDefault(task => task.IsFaulted)?.Exception?.InnerException;

    /// <summary>Begins the background work of a service.</summary>
    public void Start()
    {
        if (Machine.IsService)
        {
            RunInside(() => _background.AddRange(Product.StartBackground(this)));
        }
    }

    /// <summary>The simulation is over: finalizers of timers must not bring it back.</summary>
    public void Abandon() => IsAlive = false;

    public void Kill()
    {
        World.Trace.Add($"{Machine.Name} is killed");
        IsAlive = false;
        Machine.Process = null;
        World.Scheduler.Forget();
    }

    /// <summary>Runs code of this process until its first wait.</summary>
    public void RunInside(Action code)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            code();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <returns>Cancelled when the clients of this process leave.</returns>
    public CancellationTokenSource BeginRequest()
    {
        CancellationTokenSource request = new();
        _requests.Add(request);
        return request;
    }

    public void EndRequest(CancellationTokenSource request) => _requests.Remove(request);

    public void CancelRequests()
    {
        foreach (CancellationTokenSource request in _requests.ToArray())
        {
            request.Cancel();
        }
    }

    /// <summary>Calls a port: the effect comes when the scheduler chooses it, if no fault keeps it from coming.</summary>
    public Task<T> CallAsync<T>(CallName name, Func<T> effect, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        Call<T> call = new(this, name, effect);
        World.Scheduler.Add(call);
        return call.Task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsAlive)
        {
            World.Scheduler.Add(new PostedStep(this, d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing blocks in a simulation.");

    public override SynchronizationContext CreateCopy() => this;

    private sealed class PostedStep(SimulatedProcess process, SendOrPostCallback callback, object? state) : IStep
    {
        public bool IsAlive => process.IsAlive;

        public void Run() => process.RunInside(() => callback(state));
    }
}
