using System.CommandLine;
using ImageBackend.Cli;
using ImageBackend.Infrastructure.Imaging.Workers;

if (ImagingWorker.IsAskedFor(args))
{
    await ImagingWorker.RunAsync(args);
    return 0;
}

ParseResult command = ImagesCommand.Create().Parse(args);
// Batches see to Ctrl-C themselves.
int code = await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return command.Errors.Count > 0 ? ExitCodes.BadUsage : code;
