using System.Diagnostics;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>The program `images` as users call it, with its own folders and no other variable.</summary>
internal sealed partial class ImagesProgram : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>As built: beside the tests it would lack the framework that their servers use.</summary>
    public static string Dll { get; } =
        Path.Combine(BesideTests().Replace(AppContext.BaseDirectory, "/src/Console/"), "images.dll");

    public ImagesProgram()
    {
        Incoming = _folder.Folder("incoming");
        Active = _folder.Folder("active");
        Temp = _folder.Folder("temp");
        Variables = new()
        {
            ["INCOMING_FOLDER"] = Incoming,
            ["ACTIVE_FOLDER"] = Active,
            ["TEMP_FOLDER"] = Temp,
            ["DECODE_WORKERS"] = "1", // each command is about few images
        };
    }

    public string Incoming { get; }

    public string Active { get; }

    public string Temp { get; }

    public Dictionary<string, string> Variables { get; }

    public string PathOf(string name) => _folder.File(name);

    /// <returns>Names of the images in a folder; names that begin with a dot are not images.</returns>
    public static IReadOnlyList<string> ImagesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];

    public Task<Ended> RunAsync(string arguments) => RunAsync(Variables, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static async Task<Ended> RunAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        using Process process = Start(variables, arguments);
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(4));
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Ended(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    public static Process Start(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Dll, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        BareEnvironment.Set(start, variables);
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"/tests/[^/]+\.Tests/")]
    private static partial Regex BesideTests();
}

internal sealed record Ended(int Code, string Output, string Errors);
