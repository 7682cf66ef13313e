using System.Globalization;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests;

/// <summary>What a file costs the service's own process, without its workers, as measured by the kernel.</summary>
/// <remarks>
/// SERVICE_COST_BYTES is the size of the largest file, SERVICE_COST_MUTATIONS the number of changed files, SERVICE_COST_CPU the seconds
/// that one may take, SERVICE_COST_REPORT a file that lists the most expensive ones.
/// </remarks>
[Trait("Storage", "folders")]
public sealed class ServiceProcessCostTests(ITestOutputHelper output) : IDisposable
{
    private const long MostMemory = 300_000_000;
    private const int LargestToChange = 200_000;

    // Time on a busy machine counts too: if nothing is parsed it is a few tenths.
    private static readonly double MostCpu = double.Parse(Variable("SERVICE_COST_CPU", "10"), CultureInfo.InvariantCulture);
    private static readonly int LargestFile = int.Parse(Variable("SERVICE_COST_BYTES", "6000000"), CultureInfo.InvariantCulture);
    private static readonly int Mutations = int.Parse(Variable("SERVICE_COST_MUTATIONS", "20"), CultureInfo.InvariantCulture);

    private readonly TempFolder _folder = new();
    private readonly List<(string Name, double Cpu)> _costs = [];
    private ServiceProcess? _service;
    private HttpClient? _client;

    public void Dispose()
    {
        _client?.Dispose();
        _service?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_files_that_grow_dear_with_their_size_is_small()
    {
        await StartAsync();

        foreach ((string name, byte[] file) in HostileFiles.All(LargestFile))
        {
            await MeasureAsync(name, file);
        }

        Judge();
    }

    [Fact]
    public async Task Of_three_at_once_is_small()
    {
        await StartAsync();
        byte[] file = HostileFiles.Attributes(LargestFile);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SendAsync(file)));

        MemoryPeak().Should().BeLessThan(MostMemory);
    }

    [Fact]
    public async Task Of_drawings_of_a_corpus_and_of_changed_files_is_small()
    {
        await StartAsync();
        List<(string Name, byte[] File)> files = [.. HostileFiles.All(50_000), .. HostileFiles.Drawings()];
        if (CorpusTheoryAttribute.Folder is { } corpus)
        {
            files.AddRange(Directory.EnumerateFiles(corpus, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Where(path => new FileInfo(path).Length is > 0 and <= 40_000_000)
                .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))));
        }

        foreach ((string name, byte[] file) in files)
        {
            await MeasureAsync(name, file);
        }

        (string Name, byte[] File)[] small = [.. files.Where(file => file.File.Length <= LargestToChange)];
        Random random = new(20_261_129);
        for (int i = 0; i < Mutations; i++)
        {
            (string name, byte[] file) = small[random.Next(small.Length)];
            await MeasureAsync($"{name}, change {i}", Changed(file, random));
        }

        Judge();
    }

    // One to eight places: a bit, a byte, a run of bytes removed or doubled.
    private static byte[] Changed(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int places = random.Next(1, 9); places > 0 && bytes.Count > 16; places--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 1000), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
            }
        }

        return [.. bytes];
    }

    private async Task StartAsync()
    {
        _service = ServiceProcess.Start(
            _folder,
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("INCOMING_FOLDER", _folder.Folder("incoming")),
            ("ACTIVE_FOLDER", _folder.Folder("active")),
            ("TEMP_FOLDER", _folder.Folder("temp")),
            ("STRIP_ORIGINAL", "gps"),
            ("EXPOSE_GPS", "1"),
            ("Logging__Console__LogLevel__Default", "Information"));
        _client = await _service.ConnectAsync();
        _client.Timeout = TimeSpan.FromMinutes(5);
        // What is compiled for the first file of a kind is not a cost of the file.
        foreach (byte[] first in new[] { Pictures.Jpeg(64, 48), Pictures.Png(64, 48), Pictures.SvgBytes(), "text"u8.ToArray() })
        {
            await SendAsync(first);
        }
    }

    private async Task MeasureAsync(string name, byte[] file)
    {
        double before = Cpu();
        await SendAsync(file);
        _costs.Add((name, Cpu() - before));
    }

    private async Task SendAsync(byte[] file)
    {
        using HttpContent form = new RawForm().File(file).ToContent();
        using HttpResponseMessage answer = await _client!.PostAsync("/upload", form);
        ((int)answer.StatusCode).Should().BeOneOf(200, 400, 503);
    }

    private void Judge()
    {
        long memory = MemoryPeak();
        string[] dearest = [.. _costs.OrderByDescending(cost => cost.Cpu).Take(5).Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Cpu:F2} s: {cost.Name}"))];
        string report = $"{_costs.Count} files, memory at most {memory / 1_000_000} MB, the dearest: {string.Join("; ", dearest)}";
        output.WriteLine(report);
        if (Variable("SERVICE_COST_REPORT", "") is { Length: > 0 } path)
        {
            File.AppendAllText(path, report + "\n");
        }

        _costs.Should().OnlyContain(cost => cost.Cpu < MostCpu, "the dearest are {0}", string.Join("; ", dearest));
        memory.Should().BeLessThan(MostMemory);
    }

    // proc(5): user and system time, in hundredths of a second, of all threads, without children.
    private double Cpu()
    {
        string stat = File.ReadAllText($"/proc/{_service!.Id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }

    private long MemoryPeak() => 1024 * long.Parse(
        File.ReadLines($"/proc/{_service!.Id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    private static string Variable(string name, string whenUnset) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : whenUnset;
}
