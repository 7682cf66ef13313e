using ImageBackend.Simulation.Tests.Engine;
using ImageBackend.Simulation.Tests.Ports;
using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Rules;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Running;

/// <summary>Carries out one schedule on the calling thread, lets everything recover, and tells the first rule that was broken.</summary>
internal sealed class Simulation
{
    private const int MaxSteps = 20_000;

    // No request waits longer for anything: half a minute for its turn, and for some late calls.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(2);

    private static readonly TimeSpan[] Times =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(125), TimeSpan.FromDays(3)];

    private static readonly TimeSpan[] Settings = [TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(-3), TimeSpan.FromDays(-2), TimeSpan.FromDays(2)];

    private readonly Schedule _schedule;
    private readonly Product _product;
    private readonly Choices _choices;
    private readonly World _world;
    private readonly Ledger _ledger;
    private readonly AnswerRules _answers;
    private readonly StateRules _states;
    private readonly Machine[] _machines;
    private readonly Actor[] _actors;
    private readonly Dictionary<Actor, IStep> _next;
    private readonly Images _images = new();
    private readonly List<IStep> _beginnings = [];
    private int _passesUnderWay;

    private Simulation(Schedule schedule, Product product, bool isTraced)
    {
        (_schedule, _product) = (schedule, product);
        _choices = schedule.Choices is { } given ? Choices.Replay(given) : Choices.Random(schedule.ChoiceSeed, schedule.Stickiness);
        SimulatedClock clock = new();
        _ledger = new Ledger(Product.Sets[schedule.ModernFormats], schedule.TagsContent, clock);
        _world = new World(new Scheduler(_choices), clock, _ledger, new Trace(isTraced));
        _answers = new AnswerRules(_ledger);
        _states = new StateRules(_ledger, _world.Marks);
        _machines = [.. Schedule.MachineNames.Select((name, i) => new Machine(
            name,
            isService: i != Schedule.Console,
            TimeSpan.FromMinutes(schedule.Skews[i]),
            schedule.Faults.Where(fault => fault.Machine == i).DistinctBy(fault => fault.Call).ToDictionary(fault => fault.Call, fault => fault.Kind)))];
        _actors = [.. schedule.Operations.GroupBy(operation => operation.Actor).OrderBy(group => group.Key).Select(group => new Actor(group))];
        _next = _actors.ToDictionary(actor => actor, IStep (actor) => new Beginning(() => Begin(actor)));
        foreach (int image in schedule.Operations.Select(operation => operation.Image).Except(schedule.Operations.Where(operation => operation.IsUpload).Select(operation => operation.Image)))
        {
            _images.Settle(image);
        }
    }

    public static Outcome Run(Schedule schedule, Product product, bool isTraced = false)
    {
        Simulation simulation = new(schedule, product, isTraced);
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            simulation.Run();
        }
        finally
        {
            foreach (Machine machine in simulation._machines)
            {
                machine.Process?.Abandon();
            }

            SynchronizationContext.SetSynchronizationContext(before);
        }

        return new Outcome(simulation._ledger.Violation, simulation._choices.Made, simulation._world.Scheduler.Steps, simulation._world.Trace.ToString());
    }

    private void Run()
    {
        foreach (Machine machine in _machines)
        {
            Start(machine);
        }

        RunUntilQuiet(hasOperations: true);
        CheckTempFolders();
        Check("answered", () => _states.CheckWhenAnswered(_machines.Any(machine => machine.Faults > 0)));
        Recover();
    }

    // What a real service does by itself, then what docs say that an operator does, then the time that cleans up.
    private void Recover()
    {
        foreach (Machine machine in _machines)
        {
            machine.IsHealed = true;
            if (machine.Process is null)
            {
                Start(machine);
            }
        }

        if (_world.Clock.Latest > _world.Clock.Now)
        {
            SetClock(_world.Clock.Latest - _world.Clock.Now);
        }

        PassQuietly(TimeSpan.Zero);
        PassQuietly(TimeSpan.FromMinutes(11));
        PassQuietly(TimeSpan.FromMinutes(11));
        Check("recovered", _states.CheckWhenRecovered);
        Verify(variant: 0);
        Check("repaired", _states.CheckWhenRepaired);
        Verify(Client.OnlyLook);
        PassQuietly(TimeSpan.FromDays(1));
        PassQuietly(TimeSpan.FromHours(2));
        CheckTempFolders();
        Check("at the end", _states.CheckAtTheEnd);
    }

    private void Verify(int variant)
    {
        SimulatedProcess console = _machines[Schedule.Console].Process!;
        SentRequest request = new(new Operation(0, OperationKind.Verify, Schedule.Console, 0, variant), console.Machine, Key: null, Text: null, Crop: null);
        console.RunInside(() => _ = new Client(console, _answers, _images).SendAsync(request, CancellationToken.None));
        RunUntilQuiet(hasOperations: false);
    }

    private void Check(string when, Action rules)
    {
        if (_ledger.Violation is null)
        {
            _world.Trace.Add($"--- {when}");
            rules();
        }
    }

    private void CheckTempFolders()
    {
        foreach (Machine machine in _machines)
        {
            if (machine.Process is { Files.Open: > 0 })
            {
                _ledger.Violate("I5", $"{machine.Name} has workspaces, and nothing to do");
            }

            if (machine.Process?.BackgroundFault is { } fault)
            {
                _ledger.Violate("background", $"{machine.Name} has stopped its background work: {fault}");
            }
        }
    }

    private void PassQuietly(TimeSpan time)
    {
        if (_ledger.Violation is null)
        {
            Pass(time);
            RunUntilQuiet(hasOperations: false);
        }
    }

    private void RunUntilQuiet(bool hasOperations)
    {
        TimeSpan begun = _world.Clock.Elapsed;
        int limit = _world.Scheduler.Steps + MaxSteps;
        while (_ledger.Violation is null)
        {
            EndLostRequests();
            if (hasOperations)
            {
                CollectBeginnings();
            }

            if (_world.Scheduler.RunOne(_beginnings))
            {
                begun = _beginnings.Count > 0 ? _world.Clock.Elapsed : begun;
                if (_world.Scheduler.Steps > limit)
                {
                    _ledger.Violate("endless", $"{MaxSteps} steps, and still something to do");
                }
            }
            else if (!IsWaiting(hasOperations))
            {
                return;
            }
            else if (_world.Clock.Elapsed - begun > MaxWait || !_world.Clock.PassToNext())
            {
                _ledger.Violate("deadlock", string.Join("; ", _actors.Select(actor => actor.UnderWay).OfType<SentRequest>()));
            }
            else
            {
                _ledger.OnTime();
            }

            _beginnings.Clear();
        }
    }

    private bool IsWaiting(bool hasOperations) => _world.LateCalls > 0 || (hasOperations && IsAnyLeft());

    private bool IsAnyLeft() => Array.Exists(_actors, actor => !actor.IsDone);

    private void EndLostRequests()
    {
        foreach (Actor actor in _actors)
        {
            if (actor is { UnderWay: { } lost, Process.IsAlive: false })
            {
                _world.Trace.Add($"{lost} is lost");
                _answers.Lost(lost);
                End(actor, lost.Operation);
            }
        }
    }

    private void CollectBeginnings()
    {
        foreach (Actor actor in _actors)
        {
            if (actor is { UnderWay: null, Next: { } next } && CanBegin(next))
            {
                _beginnings.Add(_next[actor]);
            }
        }

        foreach (Machine machine in _machines)
        {
            // Once all is done, who is dead starts again when all recover.
            if (machine.Process is null && IsAnyLeft())
            {
                _beginnings.Add(new Beginning(() => Start(machine)));
            }
        }
    }

    private bool CanBegin(Operation operation) => operation switch
    {
        // Marks count for an hour: longer than a request takes, so a request must not be made to take longer.
        { Kind: OperationKind.Pass, Variant: 1 } => _passesUnderWay < 2 || IsIdle,
        { Kind: OperationKind.Pass, Variant: > 1 } or { Kind: OperationKind.SetClock, Variant: > 1 } => IsIdle,
        { IsOfClock: true } => true,
        { IsUpload: true } or { IsBatch: true } => _machines[operation.Machine].Process is not null,
        _ => _machines[operation.Machine].Process is not null && _images.IsSettled(operation.Image),
    };

    private bool IsIdle => _world.Scheduler.IsQuiet && _world.LateCalls == 0 && _actors.All(actor => actor.UnderWay is null);

    private void Begin(Actor actor)
    {
        Operation operation = actor.Take();
        if (operation.Kind == OperationKind.Pass)
        {
            _passesUnderWay += IsIdle ? 0 : 1;
            Pass(Times[operation.Variant]);
        }
        else if (operation.Kind == OperationKind.SetClock)
        {
            SetClock(Settings[operation.Variant]);
        }
        else if (RequestFor(operation) is { } request)
        {
            Send(actor, request);
        }
    }

    private SentRequest? RequestFor(Operation operation)
    {
        Machine machine = _machines[operation.Machine];
        if (operation.IsUpload)
        {
            return new SentRequest(operation, machine, null, Picture.Of(operation.Image, operation.Kind == OperationKind.UploadBroken), null) { FaultsBefore = machine.Faults };
        }

        if (operation.IsBatch)
        {
            return new SentRequest(operation, machine, null, null, null) { FaultsBefore = machine.Faults };
        }

        if (_images.Find(operation.Image, operation.Variant / 10) is not { } key)
        {
            return null; // its upload failed
        }

        bool hasCrop = operation.Kind is OperationKind.Publish or OperationKind.Recrop;
        return new SentRequest(operation, machine, key, _ledger.RecordOf(key).Text, hasCrop ? Client.Crops[operation.Variant % 10 % Client.Crops.Count] : null)
        {
            FaultsBefore = machine.Faults,
        };
    }

    private void Send(Actor actor, SentRequest request)
    {
        SimulatedProcess process = request.Machine.Process!;
        _world.Trace.Add($"{request} is sent");
        _answers.Sent(request);
        (actor.UnderWay, actor.Process) = (request, process);
        process.RunInside(() => _ = SendAsync(actor, request, process));
    }

    private async Task SendAsync(Actor actor, SentRequest request, SimulatedProcess process)
    {
        using CancellationTokenSource leaving = process.BeginRequest();
        await new Client(process, _answers, _images).SendAsync(request, leaving.Token);
        process.EndRequest(leaving);
        End(actor, request.Operation);
    }

    private void End(Actor actor, Operation operation)
    {
        (actor.UnderWay, actor.Process) = (null, null);
        if (operation.IsUpload)
        {
            _images.Settle(operation.Image);
        }
    }

    private void Start(Machine machine)
    {
        _world.Trace.Add($"{machine.Name} starts");
        machine.Process = new SimulatedProcess(_world, machine, _product);
        machine.Process.Start();
    }

    private void Pass(TimeSpan time)
    {
        _world.Trace.Add($"{time} passes");
        _world.Clock.Pass(time);
        _ledger.OnTime();
    }

    private void SetClock(TimeSpan difference)
    {
        _world.Trace.Add($"the clock is set by {difference}");
        _world.Clock.Set(difference);
        _ledger.OnTime();
    }

    private sealed class Beginning(Action action) : IStep
    {
        public bool IsAlive => true;

        public void Run() => action();
    }
}
