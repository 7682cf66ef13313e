using System.Diagnostics;

namespace ImageBackend.Infrastructure.Tests;

/// <summary>Another process that holds a file locked, as a second service or a console run does: util-linux's <c>flock</c>.</summary>
internal sealed class LockHolder : IDisposable
{
    private readonly Process _process;

    private LockHolder(Process process) => _process = process;

    /// <returns>The holder, once it has the lock.</returns>
    public static async Task<LockHolder> StartAsync(string path)
    {
        // --no-fork: the shell itself is the holder, so a kill leaves nobody else.
        Process process = Process.Start(new ProcessStartInfo("flock", ["--shared", "--no-fork", path, "sh", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        (await process.StandardOutput.ReadLineAsync()).Should().Be("held");
        return new LockHolder(process);
    }

    /// <returns>Whether another process finds the file free.</returns>
    public static async Task<bool> IsFreeAsync(string path)
    {
        using Process process = Process.Start("flock", ["--exclusive", "--nonblock", path, "true"]);
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    /// <summary>Kills it as the kernel's out-of-memory killer does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
