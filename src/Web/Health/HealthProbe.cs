using System.Globalization;

namespace ImageBackend.Web.Health;

/// <summary>The program as its own health check: an image without an HTTP client can ask the service in the same container.</summary>
internal static class HealthProbe
{
    private const string Verb = "health";

    private const string FirstProcess = "/proc/1/cmdline";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static bool IsAskedFor(string[] args) => args is [Verb, ..];

    /// <summary>Asks the service that has the same settings, and prints what it says.</summary>
    /// <returns>0 if it is ready, or if this container is there for a batch or a worker; else 1.</returns>
    public static async Task<int> RunAsync()
    {
        if (File.Exists(FirstProcess) && DoesBatches(await File.ReadAllTextAsync(FirstProcess)))
        {
            Console.WriteLine("This container has no service: it runs `images`.");
            return 0;
        }

        int port = int.TryParse(Environment.GetEnvironmentVariable("SERVICE_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out int set) ? set : 8080;
        string prefix = Environment.GetEnvironmentVariable("ROUTE_PREFIX")?.TrimEnd('/') ?? "";
        using HttpClient client = new() { Timeout = Patience };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}{prefix}/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine($"The service does not answer at port {port}: {exception.Message}");
            return 1;
        }
    }

    /// <param name="commandLine">Of the first process of a container, as in /proc. That may be an init, with the program as its argument.</param>
    internal static bool DoesBatches(string commandLine)
    {
        string[] files = [.. commandLine.Split('\0').Select(word => Path.GetFileName(word))];
        return files.Contains("images") && !files.Contains("ImageBackend.Web.dll");
    }
}
