using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;

namespace ImageBackend.Infrastructure.Tests.Configuration;

/// <summary>An environment of a test's own.</summary>
internal sealed class Variables : Dictionary<string, string?>
{
    public IConfiguration ToConfiguration() => new ConfigurationBuilder().AddInMemoryCollection(this).Build();

    public SettingsReader Reader(bool isDevelopment = false) => new(ToConfiguration(), isDevelopment);

    /// <returns>What is wrong with these variables: of the service and of all hosts.</returns>
    public IReadOnlyList<string> Mistakes(bool isDevelopment = false)
    {
        SettingsReader reader = Reader(isDevelopment);
        ServiceSettings.Read(reader);
        BackendSettings.Read(reader);
        return reader.Mistakes;
    }
}
