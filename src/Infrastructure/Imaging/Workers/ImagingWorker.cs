using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>The program as a worker: does jobs that arrive as lines of JSON, one after another.</summary>
public sealed partial class ImagingWorker
{
    /// <summary>The first argument that makes this program a worker; the second is its working folder.</summary>
    public const string Verb = "imaging-worker";

    private const string Confined = "confined";

    private const string ScoreFile = "/proc/self/oom_score_adj";
    private const string HighestScore = "1000";

    private readonly BlockingCollection<string> _lines = [];
    private readonly WorkerJson _json;
    private readonly Jobs _jobs;

    private ImagingWorker(ThumbnailSet set, IImagingEngine engine, Conversion conversion) =>
        (_json, _jobs) = (new WorkerJson(set), new Jobs(engine, conversion));

    /// <param name="arguments">The program's arguments.</param>
    public static bool IsAskedFor(string[] arguments) => arguments is [Verb, _, ..];

    /// <summary>Runs until its standard input ends.</summary>
    public static async Task RunAsync(string[] arguments)
    {
        bool isConfined = arguments[^1] == Confined;
        if (!isConfined)
        {
            PreferAsOomVictim();
            Confiner.ExecuteConfined(arguments[1], Confined);
        }

        // A signal that stops the service must not end its workers before the service has finished its work: they end with their input.
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        SettingsReader variables = new(Environment.GetEnvironmentVariable, isDevelopment: false);
        IImagingEngine engine = KnownEngines.Of(ImagingSettings.ReadEngine(variables));
        engine.EnsureReady();
        await new ImagingWorker(ResizingConfig.Read(variables), engine, ConversionSettings.Read(variables, engine.Name, JobLimits.Read(variables))).WorkAsync(arguments[1], isConfined);
    }

    private async Task WorkAsync(string folder, bool isConfined)
    {
        new Thread(Listen) { IsBackground = true }.Start();
        Confinement found = isConfined ? await Confiner.TryAsync(folder) : Confinement.None;
        Send(new FromWorker(Ready: found with { IsPreferredOomVictim = IsPreferredOomVictim() }));
        foreach (string line in _lines.GetConsumingEnumerable())
        {
            ToWorker message = _json.ReadToWorker(line);
            if (message.Job is { } job)
            {
                Send(await DoAsync(job));
            }
        }
    }

    // On its own thread: when the service ends, so does a decode that would run forever.
    private void Listen()
    {
        using StreamReader input = new(Console.OpenStandardInput());
        while (input.ReadLine() is { } line)
        {
            _lines.Add(line);
        }

        HeifConvert.EndAll();
        ExitAtOnce(0);
    }

    private async Task<FromWorker> DoAsync(Job job)
    {
        try
        {
            return new FromWorker(Answer: await _jobs.RunAsync(job, AskForMemory, CancellationToken.None));
        }
        catch (InvalidImageException exception)
        {
            return new FromWorker(Refused: new Refusal(exception.Code, exception.Message, exception.Limit, exception.Actual));
        }
        catch (StorageException exception)
        {
            return new FromWorker(Fault: exception.IsFull);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new FromWorker(Error: $"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}", Trace: exception.ToString());
        }
    }

    private Task AskForMemory(Need need)
    {
        Send(new FromWorker(NeedsBytes: need.Bytes, Times: need.Times));
        return _json.ReadToWorker(_lines.Take()).MayDecode == true
            ? Task.CompletedTask
            : throw new OperationCanceledException("There was no memory for the decode.");
    }

    private void Send(FromWorker message)
    {
        Console.Out.WriteLine(_json.Write(message));
        Console.Out.Flush();
    }

    // If memory runs short after all, the kernel kills a worker and not the service. Written before this process loses access to the
    // file; it persists across the execution.
    private static void PreferAsOomVictim()
    {
        try
        {
            File.WriteAllText(ScoreFile, HighestScore);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file does not exist or can't be changed: then the kernel chooses.
        }
    }

    private static bool IsPreferredOomVictim()
    {
        try
        {
            return File.ReadAllText(ScoreFile).Trim() == HighestScore;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);
}
