using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Measuring;
using ImageBackend.Infrastructure.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Cli.Batches;

/// <summary>The same requests and adapters as in the HTTP service, with the same settings, in this process.</summary>
internal static class ConsoleBackend
{
    /// <param name="jobs">How many images are worked on at a time: no more decoders than that are started.</param>
    /// <param name="also">Registers whatever else one command needs; may read further settings.</param>
    /// <exception cref="SettingsException">A setting is wrong or missing.</exception>
    public static ServiceProvider Create(ScreenLog log, int jobs, Action<SettingsReader, IServiceCollection>? also = null)
    {
        SettingsReader reader = OpenSettings();
        BackendSettings settings = BackendSettings.Read(reader);
        ServiceCollection services = new();
        also?.Invoke(reader, services);
        bool sendsOtlp = TelemetrySettings.ReadOtlp(reader);
        reader.ThrowIfInvalid();

        services.AddSingleton(log);
        services.AddSingleton(typeof(ILogger<>), typeof(ScreenLogger<>));
        services.AddImageBackend(settings with
        {
            Imaging = settings.Imaging with { DecodeWorkers = Math.Min(settings.Imaging.DecodeWorkers, jobs) },
        });
        if (sendsOtlp)
        {
            services.AddSingleton(provider => new OtlpExport(ProgramVersion.Text, meters: [], _ => { }, provider.GetRequiredService<ILogger<OtlpExport>>()));
        }

        ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);
        provider.GetService<OtlpExport>();
        provider.GetRequiredService<LeftoverSweep>().Run();
        return provider;
    }

    /// <returns>A reader of the environment's variables, as the HTTP service reads them.</returns>
    public static SettingsReader OpenSettings() =>
        new(Environment.GetEnvironmentVariable, isDevelopment: Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") == "Development");

    public static string Tell(SettingsException exception) => exception.Tell("Nothing is done", "`images settings` explains all of them.");
}
