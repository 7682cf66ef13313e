using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.Configuration;

namespace ImageBackend.Infrastructure.Tests.Configuration;

/// <summary>A test's own environment.</summary>
internal sealed class Variables : Dictionary<string, string?>
{
    public IConfiguration ToConfiguration() => new ConfigurationBuilder().AddInMemoryCollection(this).Build();

    public SettingsReader Reader(bool isDevelopment = false) => new(ToConfiguration(), isDevelopment);

    /// <returns>What is wrong with these variables: those of the service and those of all hosts.</returns>
    public IReadOnlyList<string> Mistakes(bool isDevelopment = false)
    {
        SettingsReader reader = Reader(isDevelopment);
        ServiceSettings.Read(reader);
        BackendSettings.Read(reader);
        return reader.Mistakes;
    }
}
