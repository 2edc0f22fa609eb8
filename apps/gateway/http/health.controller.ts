import { Controller, Get, HttpException, Inject } from '@nestjs/common';
import { HUB, type Hub } from '@ketensluis/platform';

/** Two questions of whoever runs the hub; the answers tell a stranger nothing else. */
@Controller('health')
export class HealthController {
  constructor(@Inject(HUB) private readonly hub: Hub) {}

  /** 200 as long as the process can answer. */
  @Get('live')
  live(): { readonly status: string } {
    return { status: 'ok' };
  }

  /** 200 when mail can be stored and the log is sealed; 503 otherwise, since then nothing may leave (I1). */
  @Get('ready')
  async ready(): Promise<{ readonly status: string }> {
    if (await this.hub.isReady()) return { status: 'ok' };
    throw new HttpException({ status: 'not-ready' }, 503);
  }
}
