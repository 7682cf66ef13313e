using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>A worker, seen from the service. It does one job at a time, and is killed when that takes too much.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int MaxLine = 64 * 1024;
    private const int Sigkill = 137;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(50);

    // Of the environment a worker gets these and no more: no secret is among them.
    private static readonly string[] Inherited =
    [
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME",
        "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ",
    ];

    private readonly Process _process;
    private readonly WorkerJson _json;
    private readonly char[] _buffer = new char[MaxLine];
    private int _buffered;
    private volatile string _lastError = "";

    private WorkerProcess(Process process, WorkerJson json) => (_process, _json) = (process, json);

    public int Id { get; private set; }

    public int JobsDone { get; private set; }

    public Confinement Confinement { get; private set; } = new(Files: false, Network: false);

    public bool IsAlive => !_process.HasExited;

    /// <param name="folder">Where its jobs' files are.</param>
    /// <returns>Ready for its first job; the caller disposes it, which ends it.</returns>
    /// <exception cref="WorkerGoneException">It did not start; the message says what it printed last.</exception>
    public static async Task<WorkerProcess> StartAsync(
        WorkerProgram program, string folder, ImagingSettings settings, WorkerJson json, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(program.Path, [.. program.Arguments, ImagingWorker.Verb, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Except(Inherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in settings.ThumbnailVariables)
        {
            start.Environment[name] = value;
        }

        start.Environment["VIPS_WARNING"] = "1"; // its warnings have paths in them
        start.Environment["VIPS_DISC_THRESHOLD"] = "100g"; // what is too large for memory is refused, not spilled to disk
        start.Environment["MALLOC_ARENA_MAX"] = "2"; // 169 MB after a long run against 256
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000"; // pixels are no managed memory
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no socket, no file for debuggers
        start.Environment["DOTNET_TieredPGO"] = "0"; // it instruments code that soon waits for libvips anyway
        Process process = new() { StartInfo = start };
        WorkerProcess worker = new(process, json);
        process.ErrorDataReceived += (_, line) => worker._lastError = line.Data ?? worker._lastError;
        try
        {
            process.Start();
            worker.Id = process.Id;
            process.BeginErrorReadLine();
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(StartTime);
            FromWorker first = await worker.ReceiveAsync().WaitAsync(patience.Token);
            worker.Confinement = first.Ready ?? throw worker.Gone();
            return worker;
        }
        catch (Exception exception) when (exception is Win32Exception or OperationCanceledException or WorkerGoneException)
        {
            worker.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw exception as WorkerGoneException ?? new WorkerGoneException($"A worker does not start: {exception.Message} {worker._lastError}", isKilled: false);
        }
    }

    /// <summary>Runs to the end of the job, or of the worker: it can't be cancelled, but its limits are near.</summary>
    /// <exception cref="WorkerGoneException">It ended before its job did, not by us.</exception>
    /// <exception cref="InvalidImageException">The picture is broken, or past a limit.</exception>
    /// <exception cref="StorageException">The temp folder is full or broken.</exception>
    public async Task<JobAnswer> RunAsync(Job job, JobLimits limits, Admit admit)
    {
        JobWatch watch = new(_process, job is PictureJob { Format: var format } && format == Domain.ImageFormat.Svg ? limits.DrawingCpu : limits.Cpu, limits.Memory);
        FromWorker message = await ExchangeAsync(new ToWorker(Job: job), watch);
        if (message.NeedsBytes is { } bytes)
        {
            watch.Pause();
            try
            {
                await admit(new Need(bytes, message.Times));
            }
            catch
            {
                _ = await ExchangeAsync(new ToWorker(MayDecode: false), watch);
                throw;
            }

            watch.GoOn(message.Times);
            message = await ExchangeAsync(new ToWorker(MayDecode: true), watch);
        }

        JobsDone++;
        return message.Result();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task<FromWorker> ExchangeAsync(ToWorker message, JobWatch watch)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(_json.Write(message));
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw Gone();
        }

        Task<FromWorker> answer = ReceiveAsync();
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(Watch));
            if (!answer.IsCompleted && watch.Passed() is { } refusal)
            {
                Kill();
                await answer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw refusal;
            }
        }

        return await answer;
    }

    private async Task<FromWorker> ReceiveAsync()
    {
        try
        {
            return _json.ReadFromWorker(await ReadLineAsync() ?? throw Gone());
        }
        catch (JsonException)
        {
            throw Gone(); // its decoder writes where it should not
        }
    }

    // A worker that was taken over must not fill the service's memory: a line has a largest length.
    private async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            int end = Array.IndexOf(_buffer, '\n', 0, _buffered);
            if (end >= 0)
            {
                string line = new(_buffer, 0, end);
                _buffered -= end + 1;
                Array.Copy(_buffer, end + 1, _buffer, 0, _buffered);
                return line;
            }

            int read = _buffered == MaxLine ? 0 : await _process.StandardOutput.ReadAsync(_buffer.AsMemory(_buffered));
            if (read == 0)
            {
                return null;
            }

            _buffered += read;
        }
    }

    private WorkerGoneException Gone()
    {
        bool hasEnded = _process.WaitForExit(1000);
        Kill();
        string how = hasEnded ? $"ended with exit code {_process.ExitCode}" : "does not follow the protocol";
        return new WorkerGoneException($"Worker {Id} {how}. {_lastError}".TrimEnd(), isKilled: hasEnded && _process.ExitCode == Sigkill);
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended, or never started.
        }
    }
}

/// <summary>A worker ended before its job did, or did not start.</summary>
/// <param name="isKilled">From outside, as the kernel does when memory is short: the picture is not to blame.</param>
internal sealed class WorkerGoneException(string message, bool isKilled) : Exception(message)
{
    public bool IsKilled { get; } = isKilled;
}
