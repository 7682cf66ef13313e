using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The program as an operator starts it, as a separate process.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private const string Program = "ImageBackend.Web.dll";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ServiceProcess(IReadOnlyList<string> command, string workingFolder, IReadOnlyDictionary<string, string> variables)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        BareEnvironment.Set(start, variables);
        start.Environment.TryAdd("METRICS_PORT", "0");
        start.Environment.TryAdd("DECODE_WORKERS", "1"); // each takes time to start
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line, _output);
        _process.ErrorDataReceived += (_, line) => Keep(line, _errors);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        static void Keep(DataReceivedEventArgs line, ConcurrentQueue<string> lines)
        {
            if (line.Data is { } text)
            {
                lines.Enqueue(text);
            }
        }
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public IReadOnlyList<string> Errors => [.. _errors];

    public string Output => string.Join('\n', _output);

    /// <summary>Memory of the service's process itself, in bytes.</summary>
    public long ResidentBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);

    public static ServiceProcess Start(TempFolder workingFolder, params (string Name, string Value)[] variables) =>
        Start(Program, workingFolder, variables);

    /// <param name="program">Another build of the service, beside this assembly.</param>
    public static ServiceProcess Start(string program, TempFolder workingFolder, params (string Name, string Value)[] variables) =>
        new(CommandOf(program), workingFolder.Path, variables.ToDictionary(variable => variable.Name, variable => variable.Value));

    public static ServiceProcess Start(string program, string[] arguments, TempFolder workingFolder, params (string Name, string Value)[] variables) =>
        new([.. CommandOf(program), .. arguments], workingFolder.Path, variables.ToDictionary(variable => variable.Name, variable => variable.Value));

    /// <summary>Starts it as a user without rights of its own, which only root may do; that user must be able to read the program.</summary>
    public static ServiceProcess StartAs(uint user, TempFolder workingFolder, params (string Name, string Value)[] variables) => new(
        ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. CommandOf(Program)],
        workingFolder.Path,
        variables.Append(("HOME", workingFolder.Path)).ToDictionary(variable => variable.Item1, variable => variable.Item2));

    /// <summary>Waits until it listens, and its decoders have started.</summary>
    public async Task<HttpClient> ConnectAsync()
    {
        Match listening = await PrintsAsync(Listening());
        await PrintsAsync(StartScreen());
        return new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{listening.Groups["port"].Value}") };
    }

    /// <summary>Waits until it has printed a text.</summary>
    public async Task<Match> PrintsAsync(Regex text)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            if (text.Match(Output) is { Success: true } match)
            {
                return match;
            }

            _process.HasExited.Should().BeFalse("it should run: {0}", string.Join('\n', _errors));
            await Task.Delay(10, patience.Token);
        }
    }

    public async Task<int> ExitCodeAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Stops it as `docker stop` or Ctrl+C does.</summary>
    public async Task TerminateAsync()
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills it as the kernel does when memory is short: nothing is cleaned up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitCodeAsync();
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

    private static string[] CommandOf(string program) => ["dotnet", Path.Combine(AppContext.BaseDirectory, program)];

    [GeneratedRegex(@"Now listening on: http://\S+:(?<port>[0-9]+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"ImageBackend \d")]
    private static partial Regex StartScreen();
}
