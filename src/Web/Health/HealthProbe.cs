using System.Globalization;

namespace ImageBackend.Web.Health;

/// <summary>The program as its own health check: an image without an HTTP client can ask the service in the same container.</summary>
internal static class HealthProbe
{
    private const string Verb = "health";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static bool IsAskedFor(string[] args) => args is [Verb, ..];

    /// <summary>Asks the service that has the same settings, and prints what it says.</summary>
    /// <returns>0 if it is ready, else 1.</returns>
    public static async Task<int> RunAsync()
    {
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
}
