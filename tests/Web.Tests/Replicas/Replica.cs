using System.Diagnostics;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>One of several services on the same buckets, which keeps its port and its temp folder when it is started again.</summary>
internal sealed class Replica(string name, FaultProxy storage, params (string Name, string Value)[] variables) : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private ServiceProcess? _process;

    public string Name { get; } = name;

    public int Port { get; } = Nginx.FreePort();

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Lies between it and the buckets.</summary>
    public FaultProxy Storage { get; } = storage;

    public string Temp => _folder.Folder("temp");

    public string Output => _process?.Output ?? "";

    public Task StartAsync()
    {
        Begin();
        return ListensAsync();
    }

    public void Begin() =>
        _process = ServiceProcess.Start(_folder, [.. variables, ("REPLICA_NAME", Name), ("SERVICE_PORT", $"{Port}"), ("TEMP_FOLDER", Temp)]);

    /// <summary>Waits until it does.</summary>
    public async Task ListensAsync()
    {
        Client = await _process!.ConnectAsync();
        Client.Timeout = TimeSpan.FromMinutes(5);
    }

    /// <summary>Ends it as an update does: it finishes what it has.</summary>
    public async Task StopAsync()
    {
        Client.Dispose();
        await _process!.TerminateAsync();
        (await _process.ExitCodeAsync()).Should().Be(0);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it in the middle of what it does, when it next sends a certain call to the storage; that call is still done.</summary>
    /// <param name="isIt">Gets the method and the target.</param>
    /// <returns>Ends when it stands still.</returns>
    public Task PausesAtAsync(Func<string, bool> isIt)
    {
        TaskCompletionSource paused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Storage.Faults = call =>
        {
            lock (paused)
            {
                if (!paused.Task.IsCompleted && isIt(call))
                {
                    Pause();
                    paused.SetResult();
                }
            }

            return null;
        };
        return paused.Task.WaitAsync(TimeSpan.FromMinutes(5));
    }

    /// <summary>Stops it as a machine does that is frozen: it keeps its connections, and answers none.</summary>
    public void Pause() => Signal("STOP");

    public void Continue()
    {
        Storage.Faults = null;
        Signal("CONT");
    }

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        Client?.Dispose();
        await Storage.DisposeAsync();
        _folder.Dispose();
    }

    private void Signal(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }
}
