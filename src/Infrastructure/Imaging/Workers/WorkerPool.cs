using System.Collections.Concurrent;
using System.Threading.Channels;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>Keeps the configured number of workers warm and waiting; replaces those that die or have worked long enough.</summary>
internal sealed class WorkerPool : IJobRunner, IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly ImagingSettings _settings;
    private readonly WorkerProgram _program;
    private readonly IWorkspaces _workspaces;
    private readonly WorkerJson _json;
    private readonly ILogger<WorkerPool> _logger;
    private readonly Channel<WorkerProcess> _idle = Channel.CreateUnbounded<WorkerProcess>();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, bool> _replacing = [];
    private readonly Lazy<Task> _started;
    private int _workers;

    /// <param name="workspaces">For the jobs, and for the workers themselves.</param>
    public WorkerPool(ImagingSettings settings, ThumbnailSet set, WorkerProgram program, IWorkspaces workspaces, ILogger<WorkerPool> logger)
    {
        (_settings, _program, _workspaces, _logger) = (settings, program, workspaces, logger);
        _json = new WorkerJson(set);
        _started = new Lazy<Task>(StartAsync);
    }

    /// <summary>Whatever a decoder leaks is freed with its worker. Starting a worker costs as much as one or two photos.</summary>
    public int JobsOfOneWorker { get; init; } = 1000;

    public int Workers => Volatile.Read(ref _workers);

    public async Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken)
    {
        await _started.Value.WaitAsync(cancellationToken);
        try
        {
            return await TryAsync(job, admit, cancellationToken);
        }
        catch (WorkerGoneException first)
        {
            _logger.LogWarning("{Problem} Its job is tried again", first.Message);
        }

        try
        {
            return await TryAsync(job, admit, cancellationToken);
        }
        catch (WorkerGoneException second)
        {
            _logger.LogWarning("{Problem} Its job is given up", second.Message);
            throw second.IsKilled ? new BusyException() : new InvalidImageException(InvalidImageException.BrokenImage, "The picture makes its decoder crash.", inner: second);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out WorkerProcess? worker))
        {
            End(worker);
        }
    }

    /// <summary>
    /// Like <see cref="Dispose"/>, but waits for workers that are just starting, since their folders must be removed too.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_started.IsValueCreated)
        {
            await _started.Value.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await Task.WhenAll(_replacing.Keys);
    }

    // The first worker must start; the others follow.
    private async Task StartAsync()
    {
        WorkerProcess first;
        try
        {
            first = await StartWorkerAsync();
        }
        catch (WorkerGoneException gone)
        {
            throw new DecodersException(gone.Message, gone);
        }
        catch (OperationCanceledException ended)
        {
            throw new DecodersException("The program ended before they had started.", ended);
        }

        _logger.LogInformation(
            "Pictures are decoded in {Count} worker processes. To them, other files are {Files} and the network is {Network}. When memory is short, the kernel kills {Victim}",
            _settings.DecodeWorkers,
            first.Confinement.Files ? "closed" : "open (this kernel has no Landlock)",
            first.Confinement.Network ? "closed" : "open (this kernel has no seccomp)",
            first.Confinement.IsPreferredOomVictim ? "one of them" : "whichever process it chooses (oom_score_adj can't be written)");
        GiveBack(first);
        for (int i = 1; i < _settings.DecodeWorkers; i++)
        {
            Replace();
        }
    }

    private async Task<JobAnswer> TryAsync(Job job, Admit admit, CancellationToken cancellationToken)
    {
        WorkerProcess worker = await TakeAsync(cancellationToken);
        try
        {
            return await worker.RunAsync(job, _settings.Limits, admit);
        }
        finally
        {
            GiveBack(worker);
        }
    }

    private async Task<WorkerProcess> TakeAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                WorkerProcess worker = await _idle.Reader.ReadAsync(patience.Token);
                if (worker.IsUsable)
                {
                    return worker;
                }

                GiveBack(worker); // it was killed while it waited, or lost its folder
            }
        }
        catch (Exception exception) when (exception is ChannelClosedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new BusyException();
        }
    }

    private void GiveBack(WorkerProcess worker)
    {
        if (worker.IsUsable && worker.JobsDone < JobsOfOneWorker && _idle.Writer.TryWrite(worker))
        {
            return;
        }

        WorkerMeasures.Ended(worker.EndedBy ?? (worker.IsUsable ? WorkerMeasures.Worn : WorkerMeasures.Killed));
        End(worker);
        Replace();
    }

    private void Replace()
    {
        Task replacing = ReplaceAsync();
        _replacing[replacing] = true;
        replacing.ContinueWith(
            ended => _replacing.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    // Retries until it succeeds, with growing pauses: if a disk is full or memory is short, haste makes it worse.
    private async Task ReplaceAsync()
    {
        for (TimeSpan pause = FirstPause; !_end.IsCancellationRequested; pause = pause * 2 > MaxPause ? MaxPause : pause * 2)
        {
            try
            {
                WorkerProcess worker = await StartWorkerAsync();
                if (!_idle.Writer.TryWrite(worker))
                {
                    End(worker); // the pool was disposed meanwhile
                }

                return;
            }
            catch (WorkerGoneException gone)
            {
                _logger.LogError("{Problem} The next try is in {Seconds} s", gone.Message, pause.TotalSeconds);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task<WorkerProcess> StartWorkerAsync()
    {
        WorkerProcess worker = await WorkerProcess.StartAsync(_program, _workspaces, _settings, _json, _end.Token);
        Interlocked.Increment(ref _workers);
        return worker;
    }

    private void End(WorkerProcess worker)
    {
        Interlocked.Decrement(ref _workers);
        worker.Dispose();
    }
}
