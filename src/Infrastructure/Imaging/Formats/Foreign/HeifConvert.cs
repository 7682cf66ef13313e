using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>Runs `heif-convert`, as confined as this process is, and without its environment.</summary>
/// <param name="program">Path of the executable.</param>
/// <param name="cpu">CPU time that it may take.</param>
/// <param name="memory">Bytes of addresses that it may take.</param>
internal sealed partial class HeifConvert(string program, TimeSpan cpu, long memory)
{
    // Less than what a worker has, so that a decoder that hangs costs no worker.
    private static readonly TimeSpan Wall = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);

    // sys/resource.h of Linux
    private const int LimitOfCpu = 0;
    private const int LimitOfCore = 4;
    private const int LimitOfAddresses = 9;

    private const int Signalled = 128;
    private const int CpuExceeded = Signalled + 24; // SIGXCPU
    private const int Killed = Signalled + 9;

    // A worker does one job at a time.
    private static Process? _running;

    /// <summary>Ends what runs, if this process must end.</summary>
    public static void EndAll()
    {
        if (Volatile.Read(ref _running) is { } running)
        {
            End(running);
        }
    }

    /// <summary>Decodes the only picture of a file.</summary>
    /// <param name="arguments">Options.</param>
    /// <param name="destination">Its extension tells the format: jpg or png.</param>
    /// <exception cref="InvalidImageException">The picture is broken, or takes too much.</exception>
    public void Run(string source, string destination, params string[] arguments)
    {
        ProcessStartInfo start = new(program, [.. arguments, source, destination])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["MALLOC_ARENA_MAX"] = "2"; // addresses count
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, _) => { }; // what it says is of no use; nobody may wait for a full pipe
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        Volatile.Write(ref _running, process);
        try
        {
            Limit(process.Id);
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit(Wall))
            {
                throw TooMuch($"The picture takes more than {Wall.TotalSeconds} seconds, which is the limit.", (long)Wall.TotalSeconds);
            }

            Check(process.ExitCode, destination);
        }
        finally
        {
            Volatile.Write(ref _running, null);
            End(process);
        }
    }

    private void Check(int exitCode, string destination)
    {
        if (exitCode == CpuExceeded)
        {
            throw TooMuch(
                string.Create(CultureInfo.InvariantCulture, $"The picture takes more than {cpu.TotalSeconds} seconds of computing, which is the limit."), (long)Math.Ceiling(cpu.TotalSeconds));
        }

        if (exitCode == Killed)
        {
            throw TooMuch("The decoder of the picture was killed, probably because memory is short.", limit: null);
        }

        if (exitCode != 0 || !File.Exists(destination))
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.");
        }
    }

    private void Limit(int process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        ulong seconds = (ulong)Math.Ceiling(cpu.TotalSeconds);
        Set(LimitOfCpu, seconds, seconds + 1); // at the first a signal that tells why, at the second the end
        Set(LimitOfAddresses, (ulong)memory, (ulong)memory);
        Set(LimitOfCore, 0, 0);

        void Set(int what, ulong soft, ulong hard)
        {
            ReadOnlySpan<ulong> limit = [soft, hard];
            _ = SetLimit(process, what, limit, 0);
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill();
            process.WaitForExit(EndTime);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static InvalidImageException TooMuch(string detail, long? limit) => new(InvalidImageException.TooComplex, detail, limit);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    private static partial int SetLimit(int process, int what, ReadOnlySpan<ulong> limit, nint before);
}
