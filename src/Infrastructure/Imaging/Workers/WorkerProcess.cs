using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Workspaces;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>A worker, as seen from the service. It does one job at a time, and is killed if that takes too much.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int MaxLine = 64 * 1024;
    private const int Sigkill = 137;

    // Before the file is parsed, and before its pixels are decoded.
    private const int MaxAdmissions = 2;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(50);

    // A worker inherits these environment variables and no others: none of them is a secret.
    private static readonly string[] Inherited =
    [
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME",
        "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ",
    ];

    private readonly Process _process;
    private readonly WorkerJson _json;
    private readonly IWorkspace _home;
    private readonly char[] _buffer = new char[MaxLine];
    private int _buffered;
    private volatile string _lastError = "";
    private volatile bool _isKilled;

    private WorkerProcess(Process process, WorkerJson json, IWorkspace home) => (_process, _json, _home) = (process, json, home);

    public int Id { get; private set; }

    public int JobsDone { get; private set; }

    /// <summary>Why it has ended, or must, as in <see cref="WorkerMeasures"/>; null: nothing happened.</summary>
    public string? EndedBy { get; private set; }

    public Confinement Confinement { get; private set; } = Confinement.None;

    /// <summary>Whether it can take a job. Its folder is lost when the temp folder is cleaned, or when another disk takes its place.</summary>
    public bool IsUsable => !_isKilled && !_process.HasExited && Directory.Exists(_home.PathOf(""));

    /// <param name="workspaces">
    /// One of them is the worker's own: the only folder whose files it sees. The workspace of its job is moved there meanwhile.
    /// </param>
    /// <returns>Ready for its first job; disposing it, which is up to the caller, ends it.</returns>
    /// <exception cref="WorkerGoneException">It did not start; the message contains what it last printed.</exception>
    public static async Task<WorkerProcess> StartAsync(
        WorkerProgram program, IWorkspaces workspaces, ImagingSettings settings, WorkerJson json, CancellationToken cancellationToken)
    {
        IWorkspace home;
        try
        {
            home = workspaces.Open();
        }
        catch (StorageException exception)
        {
            throw new WorkerGoneException($"A worker does not start: {exception.Message}", isKilled: false);
        }

        ProcessStartInfo start = new(program.Path, [.. program.Arguments, ImagingWorker.Verb, home.PathOf("")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Except(Inherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in settings.WorkerVariables)
        {
            start.Environment[name] = value;
        }

        start.Environment["VIPS_WARNING"] = "1"; // its warnings contain paths
        start.Environment["VIPS_DISC_THRESHOLD"] = "100g"; // what is too large for memory is refused, not spilled to disk
        start.Environment["MALLOC_ARENA_MAX"] = "2"; // 169 MB after a long run, instead of 256
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000"; // pixels are not in managed memory
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no socket, no file for debuggers
        start.Environment["DOTNET_TieredPGO"] = "0"; // it instruments code that soon waits for libvips anyway
        Process process = new() { StartInfo = start };
        WorkerProcess worker = new(process, json, home);
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

    /// <summary>Runs until the job ends, or the worker does: it can't be cancelled, but its limits are short.</summary>
    /// <exception cref="WorkerGoneException">It ended before its job did, and we did not end it.</exception>
    /// <exception cref="InvalidImageException">The picture is broken, or exceeds a limit.</exception>
    /// <exception cref="StorageException">The temp folder is full or broken.</exception>
    public async Task<JobAnswer> RunAsync(Job job, JobLimits limits, Admit admit)
    {
        string workspace = job.Workspace();
        string here = _home.PathOf(Path.GetFileName(workspace));
        TakeIn(workspace, here);
        try
        {
            return await RunHereAsync(job.In(here), limits, admit);
        }
        finally
        {
            Move(here, workspace);
        }
    }

    private async Task<JobAnswer> RunHereAsync(Job job, JobLimits limits, Admit admit)
    {
        JobWatch watch = new(_process, job is PictureJob { Format: var format } && format == Domain.ImageFormat.Svg ? limits.DrawingCpu : limits.Cpu, limits.Memory);
        FromWorker message = await ExchangeAsync(new ToWorker(Job: job), watch);
        for (int admissions = 0; message.NeedsBytes is { } bytes; admissions++)
        {
            if (admissions == MaxAdmissions)
            {
                throw Gone();
            }

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
        try
        {
            _process.WaitForExit(EndTime);
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }

        _process.Dispose();
        _home.Dispose();
    }

    // A worker sees only the files of its own folder. Both folders are in the temp folder, so nothing is copied.
    private void TakeIn(string workspace, string here)
    {
        if (!Directory.Exists(_home.PathOf("")))
        {
            EndedBy = WorkerMeasures.Folder;
            Kill();
            throw new WorkerGoneException($"Worker {Id} has lost its folder.", isKilled: false);
        }

        Move(workspace, here);
    }

    private static void Move(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
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
            if (!answer.IsCompleted && watch.Passed() is { } excess)
            {
                EndedBy = excess.Limit;
                Kill();
                await answer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw excess.Refusal;
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

    // A compromised worker must not fill the service's memory: the length of a line is limited.
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
        EndedBy = !hasEnded ? WorkerMeasures.Protocol : _process.ExitCode == Sigkill ? WorkerMeasures.Killed : WorkerMeasures.Crash;
        string how = hasEnded ? $"ended with exit code {_process.ExitCode}" : "does not follow the protocol";
        return new WorkerGoneException($"Worker {Id} {how}. {_lastError}".TrimEnd(), isKilled: hasEnded && _process.ExitCode == Sigkill);
    }

    private void Kill()
    {
        _isKilled = true; // it may live on for a moment
        try
        {
            _process.Kill(entireProcessTree: true); // a decoder that it runs, too
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended, or never started.
        }
    }
}

/// <summary>A worker ended before its job did, or did not start.</summary>
/// <param name="isKilled">Killed from outside, as the kernel does when memory is short: the picture is not to blame.</param>
internal sealed class WorkerGoneException(string message, bool isKilled) : Exception(message)
{
    public bool IsKilled { get; } = isKilled;
}
