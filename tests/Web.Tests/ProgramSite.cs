using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Storages and a folder for the program, which tests start as a process of its own. xunit makes one for each test.</summary>
public abstract class ProgramSite : IAsyncLifetime, IDisposable
{
    private protected TempFolder Folder { get; } = new();

    private protected TestStorages Storages { get; private set; } = null!;

    public async Task InitializeAsync() => Storages = await TestStorages.CreateAsync(Folder);

    public Task DisposeAsync() => Storages.DisposeAsync().AsTask();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the program with everything that production requires.</summary>
    private protected ServiceProcess StartForReal(params (string Name, string Value)[] more)
    {
        Dictionary<string, string> variables = new()
        {
            ["API_SECRET_KEY"] = TestService.Secret,
            ["SERVICE_PORT"] = "0",
            ["TEMP_FOLDER"] = Folder.Folder("temp"),
        };
        foreach ((string name, string value) in Storages.Variables.Concat(more))
        {
            variables[name] = value;
        }

        return ServiceProcess.Start(Folder, [.. variables.Select(pair => (pair.Key, pair.Value))]);
    }
}
