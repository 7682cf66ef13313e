using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Hosting;

/// <summary>Says what to do next when the service was started to be tried out: in development, or by the command <c>try</c>.</summary>
internal static class TryOut
{
    private const string Verb = "try";

    /// <returns>Whether settings that production requires may be left out.</returns>
    public static bool IsAskedFor(string[] args) => args is [Verb, ..];

    /// <param name="service">Started.</param>
    public static void Announce(WebApplication service, TextWriter output)
    {
        ApiSecret secret = service.Services.GetRequiredService<ApiSecret>();
        if (!secret.IsDrawn)
        {
            return;
        }

        BackendSettings settings = service.Services.GetRequiredService<BackendSettings>();
        // In a container, "*" stands for every address it has.
        string address = service.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal) + service.Services.GetRequiredService<ServiceSettings>().RoutePrefix;
        string studio = service.Services.GetRequiredService<ServiceSettings>().HasStudio ? $"Open {address}/studio in a browser, or use a terminal." : "Use a terminal.";
        output.WriteLine($"""

            Trying out: API_SECRET_KEY is not set, so this one is valid until the service stops: {secret.Text}

            {studio} Upload a photo; the answer has its new name:
              curl -F file=@photo.jpg {address}/upload
            Publish it (replace NAME with that name):
              curl -d secret={secret.Text} -d filename=NAME {address}/publish
            Then it is in {settings.Storage.Backend.ActivePlace}, with its thumbnails,
            and is served as {address}/active/NAME

            """);
    }
}
