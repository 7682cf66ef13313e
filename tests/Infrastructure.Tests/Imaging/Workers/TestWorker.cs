using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Workers;

namespace ImageBackend.Infrastructure.Tests.Imaging.Workers;

/// <summary>What the workers of these tests are: the program <c>images</c>, or the native decoder that TEST_DECODER names.</summary>
internal static class TestWorker
{
    public static WorkerProgram Program { get; } = Of(KnownEngines.All[0].Name);

    public static WorkerProgram Of(string engine) => KnownEngines.IsNative(engine) && Environment.GetEnvironmentVariable("TEST_DECODER") is { Length: > 0 } decoder
        ? new WorkerProgram(decoder, [])
        : new WorkerProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "images.dll")]);
}
